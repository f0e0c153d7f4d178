import Diagnostics
import Files

/// Values that have left memory for a scratch file, run after run.
struct SpilledRuns<Value: BitwiseCopyable> {
  private var file: ScratchFile?
  private var runs: [(offset: Int, count: Int)] = []
  /// How many values there are in all runs.
  private(set) var count = 0

  /// Adds a run.
  ///
  /// - Throws: `output.failed`.
  mutating func add(_ values: [Value], to file: ScratchFile) throws(Diagnostic) {
    guard !values.isEmpty else { return }
    // SAFETY: values without references or padding are bytes that may be read.
    runs.append((try file.append(unsafe values.span.bytes), values.count))
    self.file = file
    count += values.count
  }

  /// Forgets all runs.
  mutating func removeAll() { self = SpilledRuns() }

  /// The values of all runs, then others.
  ///
  /// - Parameter filler: Any value.
  /// - Throws: `input.failed`.
  func values(followedBy rest: [Value], filler: Value) throws(Diagnostic) -> [Value] {
    guard let file else { return rest }
    var values: [Value] = []
    values.reserveCapacity(count + rest.count)
    values.append(contentsOf: repeatElement(filler, count: count))
    var span = values.mutableSpan
    // SAFETY: what is read was written by `add`, as values of this type.
    var bytes = unsafe span.mutableBytes
    var start = 0
    for run in runs {
      let end = start + run.count * MemoryLayout<Value>.stride
      try file.read(into: &bytes, start..<end, at: run.offset)
      start = end
    }
    values.append(contentsOf: rest)
    return values
  }
}
