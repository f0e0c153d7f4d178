import Diagnostics
import Files

/// Codes the words of a category; with a limit, it gives up on columns of more distinct words.
final class CategoryBuilder: ColumnBuilder {
  private let limit: Int?
  private let nullWords: NullWords
  private var index = LevelIndex()
  private var codes: [Int32]
  private var spilled = SpilledRuns<Int32>()
  private var missingCount: Int
  /// How many rows had a text when the limit was passed.
  private var countedRowCount: Int?

  init(limit: Int?, nullWords: NullWords, missingCount: Int) {
    self.limit = limit
    self.nullWords = nullWords
    self.missingCount = missingCount
    codes = Array(repeating: -1, count: missingCount)
  }

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    var grown: [Int32] = []
    swap(&grown, &codes)
    defer { codes = grown }
    for row in cells.rows {
      let range = bytes.trimmed(fields[cells.fieldIndex(row)].range)
      let word = bytes.extracting(range)
      if nullWords.matches(word) {
        missingCount += 1
        if countedRowCount == nil { grown.append(-1) }
      } else if countedRowCount == nil {
        if let code = index.code(of: word, limit: limit ?? Int(Int32.max)) {
          grown.append(code)
        } else {
          countedRowCount = spilled.count + grown.count - missingCount + 1
          grown = []
          spilled.removeAll()
        }
      }
    }
    return nil
  }

  func spill(to file: ScratchFile) throws(Diagnostic) {
    try spilled.add(codes, to: file)
    codes.removeAll(keepingCapacity: true)
  }

  func finish() throws(Diagnostic) -> FinishedColumn {
    if let countedRowCount {
      return FinishedColumn(
        values: .text(
          TextSummary(
            missingCount: missingCount, distinctLowerBound: index.count + 1,
            countedRowCount: countedRowCount)))
    }
    let all = try spilled.values(followedBy: codes, filler: 0)
    return FinishedColumn(values: .category(CategoryValues(codes: all, levels: index.levels)))
  }
}
