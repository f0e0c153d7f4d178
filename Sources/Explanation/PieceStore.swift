import Learning
import Synchronization

/// What is made of a model's pieces when it is first needed, and kept.
final class PieceStore: Sendable {
  /// The model's pieces and the planes that they test.
  private let prepared = Mutex<PieceScanner?>(nil)
  /// The pieces' tables; empty where none was needed yet.
  private let tables: Mutex<[[Double]]>
  /// The pieces in runs whose tables are held at once.
  let runs: [Range<Int>]

  /// How many numbers the tables of a run have at most, if it has more than one: 64 MB.
  private static let runLimit = 8 << 20

  init(_ pieces: TreePieces) {
    var runs: [Range<Int>] = []
    var (start, size) = (0, 0)
    for (index, piece) in pieces.pieces.enumerated() {
      let next = pieces.isLookedUp(piece) ? piece.features.count << piece.bits.count : 0
      if size + next > Self.runLimit, index > start {
        runs.append(start..<index)
        (start, size) = (index, 0)
      }
      size += next
    }
    runs.append(start..<pieces.pieces.count)
    self.runs = runs
    tables = Mutex(Array(repeating: [], count: runs.count == 1 ? pieces.pieces.count : 0))
  }

  func scanner(_ make: () -> PieceScanner) -> PieceScanner {
    prepared.withLock { scanner in
      if let scanner { return scanner }
      let made = make()
      scanner = made
      return made
    }
  }

  /// The tables of a run's pieces; kept where all fit into one run.
  ///
  /// - Parameters:
  ///   - isNeeded: Whether a piece's table pays.
  ///   - make: Computes the table of a piece.
  func tables(
    of run: Range<Int>, threads: Int, isNeeded: @Sendable (Int) -> Bool,
    _ make: @Sendable (Int) -> [Double]
  ) -> [[Double]] {
    guard runs.count == 1 else {
      return Parallel.map(run.count, threads: threads) { position in
        isNeeded(run.lowerBound + position) ? make(run.lowerBound + position) : []
      }
    }
    // Held while they are made: whoever else asks needs the same.
    return tables.withLock { tables in
      let missing = run.filter { tables[$0].isEmpty && isNeeded($0) }
      let made = Parallel.map(missing.count, threads: threads) { make(missing[$0]) }
      for (index, table) in zip(missing, made) { tables[index] = table }
      return tables
    }
  }
}
