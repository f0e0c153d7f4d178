import Diagnostics

/// Handing out records as they stand in the file.
extension CSVRecordReader {
  /// The offset in the file of the first byte of a record of the current batch.
  func byteOffset(ofRow row: Int) -> Int { base + Int(records[row].start) }

  /// Writes down a record of the current batch.
  ///
  /// - Precondition: `keepsOriginals` was set before the batch was read.
  func copy(row: Int, _ fault: Diagnostic, to rejects: RejectsFile) {
    rejects.begin(
      line: lines[row], byte: byteOffset(ofRow: row), kind: fault.kind, column: fault.column)
    if let original = originals[row] {
      rejects.append(original.span)
    } else {
      rejects.append(buffer.span.extracting(records[row].range))
    }
    rejects.end()
  }

  /// Writes down the bad record behind the batch, what is left of its line included: as far as that
  /// is not read yet, it follows as it is dropped.
  mutating func copyBadRecord(_ fault: Diagnostic, to rejects: RejectsFile) {
    rejects.begin(
      line: lineOfRecord, byte: base + Int(rangeOfRecord.start), kind: fault.kind, column: nil)
    rejects.append(buffer.span.extracting(rangeOfRecord.range))
    if isDroppingLine { dropped = rejects } else { rejects.end() }
  }
}
