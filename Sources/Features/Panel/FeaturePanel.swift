import CProcessor
import CivilCalendar
import Configuration
import Diagnostics
import Learning
import UsageHistory

/// An account on a day: a row of a panel.
public struct PanelRow: Hashable, Sendable {
  /// The account's position in the history.
  public var account: Int
  /// The day at whose first moment it is looked at.
  public var asOf: CalendarDay

  /// Names an account on a day.
  public init(account: Int, asOf: CalendarDay) {
    self.account = account
    self.asOf = asOf
  }

  /// Every account on every day: the accounts of the first day, then those of the next.
  public static func every(accountCount: Int, days: [CalendarDay]) -> [PanelRow] {
    days.flatMap { day in (0..<accountCount).map { PanelRow(account: $0, asOf: day) } }
  }
}

/// The features of accounts on days.
public struct FeaturePanel: Sendable {
  /// Whose features each row holds, and of which day.
  public let rows: [PanelRow]
  /// The features, shape `[rows.count, recipe.definitions.count]`.
  public let matrix: FeatureMatrix

  /// Computes the features of a recipe: for a score, an explanation, or training again.
  ///
  /// The result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - rows: Whom to look at, and when.
  ///   - dictionaries: The words of the history that the accounts belong to.
  /// - Throws: what getting at an account may throw.
  /// - Complexity: O(all that was recorded of the accounts before their days).
  public static func rows(
    _ rows: [PanelRow], of accounts: some AccountSource, recipe: FeatureRecipe,
    dictionaries: HistoryDictionaries, threads: Int
  ) throws(Diagnostic) -> FeaturePanel {
    let base = try PanelBase(rows, of: accounts, recipe, dictionaries, threads: threads)
    return base.panel(recipe, threads: threads)
  }

  /// Computes features for training, and the recipe that computes them again.
  ///
  /// - Parameters:
  ///   - rows: Whom to look at, and when. Comparisons are with the rows of the same day.
  ///   - dictionaries: The words of the history that the accounts belong to.
  /// - Throws: what getting at an account may throw.
  public static func fitted(
    _ rows: [PanelRow], of accounts: some AccountSource, settings: FeatureSettings,
    dictionaries: HistoryDictionaries, threads: Int
  ) throws(Diagnostic) -> (panel: FeaturePanel, recipe: FeatureRecipe) {
    let unfitted = FeatureRecipe(settings: settings, dictionaries: dictionaries)
    let base = try PanelBase(rows, of: accounts, unfitted, dictionaries, threads: threads)
    let recipe = unfitted.adding(base.references(unfitted, threads: threads))
    return (base.panel(recipe, threads: threads), recipe)
  }
}

/// The first step of a panel: what each account's own history gives.
private struct PanelBase {
  let rows: [PanelRow]
  let computation: RecipeComputation
  /// What is needed of all that the families write: each value's place in a row of theirs.
  let places: [Int]
  /// These values, shape `[rows.count, places.count]`.
  let values: [Double]

  init(
    _ rows: [PanelRow], of accounts: some AccountSource, _ recipe: FeatureRecipe,
    _ dictionaries: HistoryDictionaries, threads: Int
  ) throws(Diagnostic) {
    self.rows = rows
    computation = recipe.computation(dictionaries)
    let peers = computation.peerOffset.map { Array($0..<$0 + PeerBase.count) } ?? []
    let places = computation.sources.filter { $0 >= 0 } + peers
    self.places = places
    let width = places.count
    let rowsOfAccount = RowsOfAccount(rows, accountCount: accounts.accountCount)
    var failure: Diagnostic?
    var values = Self.missing(rows.count * width, threads: threads)
    // SAFETY: an account is visited once, and writes to its own rows only, each below
    // `rows.count`; the pointer does not leave the closure.
    unsafe values.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let output = unsafe buffer
      do throws(Diagnostic) {
        try accounts.forEachAccount(
          threads: threads, makeState: { PanelWorker(recipe, dictionaries) }
        ) { worker, account in
          rowsOfAccount.forEach(of: account.account) { row in
            // The row is far from the one before, and would be waited for when it is written.
            for column in stride(from: 0, to: width, by: 8) {
              // SAFETY: a hint; nothing is read.
              unsafe rk_prefetch_line(output.baseAddress! + (row &* width &+ column))
            }
            worker.write(account, asOf: rows[row].asOf)
            let values = worker.row.values.span
            let places = places.span
            for column in places.indices {
              unsafe output[row &* width &+ column] = values[places[column]]
            }
          }
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    self.values = values
  }

  /// So many missing values, written by all threads: they are the largest array there is.
  private static func missing(_ count: Int, threads: Int) -> [Double] {
    unsafe [Double](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // Each account writes a few rows, far from those of the one before.
      unsafe LargePages.ask(for: UnsafeMutableRawBufferPointer(buffer))
      nonisolated(unsafe) let values = unsafe buffer
      let size = 1 << 16
      // SAFETY: the pieces do not overlap, and together they are all of the buffer.
      Parallel.forEach((count + size - 1) / size, threads: threads) { piece in
        let range = piece * size..<min((piece + 1) * size, count)
        unsafe values[range].initialize(repeating: .nan)
      }
      initializedCount = count
    }
  }

  /// Columns of what the families wrote, by their places in a row of theirs.
  ///
  /// A few rows at a time, so that these stay near while all columns take what is theirs; each thread
  /// has a share of the columns.
  func columns(_ wanted: [Int], threads: Int) -> [[Double]] {
    let shareCount = max(1, min(threads, wanted.count))
    let shares = Parallel.map(shareCount, threads: threads) { share in
      let columns = wanted[
        wanted.count * share / shareCount..<wanted.count * (share + 1) / shareCount
      ].map { places.firstIndex(of: $0)! }
      // SAFETY: numbers may hold any bits, and all are written below before they are read.
      var result = columns.map { _ in
        unsafe [Double](unsafeUninitializedCapacity: rows.count) { $1 = rows.count }
      }
      let width = places.count
      let all = values.span
      let size = 128
      for start in stride(from: 0, to: rows.count, by: size) {
        for (index, column) in columns.enumerated() {
          var filled = result[index].mutableSpan
          for row in start..<min(start + size, rows.count) {
            filled[row] = all[row &* width &+ column]
          }
        }
      }
      return result
    }
    return Array(shares.joined())
  }

  /// What accounts are compared with: these rows.
  func references(_ recipe: FeatureRecipe, threads: Int) -> PeerReferences {
    guard let columns = peerColumns(threads: threads) else { return PeerReferences() }
    return PeerReferences.fitted(
      days: rows.map(\.asOf), columns: columns, comparisons: recipe.comparisons, threads: threads)
  }

  private func peerColumns(threads: Int) -> [[Double]]? {
    computation.peerOffset.map { offset in
      columns(Array(offset..<offset + PeerBase.count), threads: threads)
    }
  }

  /// The second step: comparisons, and the columns as a learner reads them.
  func panel(_ recipe: FeatureRecipe, threads: Int) -> FeaturePanel {
    let compared = comparedColumns(recipe, threads: threads)
    let features = recipe.features
    let own = computation.sources.indices.filter {
      compared[$0] == nil && computation.sources[$0] >= 0
    }
    let ownColumns = Dictionary(
      uniqueKeysWithValues: zip(
        own, columns(own.map { computation.sources[$0] }, threads: threads)))
    let columns = Parallel.map(features.count, threads: threads) { feature in
      let values =
        compared[feature] ?? ownColumns[feature]
        ?? [Double](repeating: .nan, count: rows.count)
      guard case .category = features[feature].kind else { return FeatureColumn.number(values) }
      return .category(values.map { $0.isNaN ? CategoryCode.missing : Int32($0) })
    }
    return FeaturePanel(
      rows: rows,
      matrix: FeatureMatrix(features: features, columns: columns, rowCount: rows.count))
  }

  /// The columns of the features that are compared, by feature.
  private func comparedColumns(_ recipe: FeatureRecipe, threads: Int) -> [Int: [Double]] {
    guard let base = peerColumns(threads: threads) else { return [:] }
    let features = computation.comparedFeatures
    let placeOfFeature = Dictionary(uniqueKeysWithValues: features.enumerated().map { ($1, $0) })
    let places = recipe.definitions.indices.map { placeOfFeature[$0] ?? -1 }
    let size = 2048
    // Row by row, because a row's values share its reference: shape
    // `[chunkCount][rowCount of the chunk, features.count]`.
    let chunks = Parallel.map((rows.count + size - 1) / size, threads: threads) { chunk in
      let chunkRows = chunk * size..<min((chunk + 1) * size, rows.count)
      var values = [Double](repeating: .nan, count: chunkRows.count * features.count)
      var reference: PeerReferences.Day?
      var day: CalendarDay?
      for row in chunkRows {
        if rows[row].asOf != day {
          day = rows[row].asOf
          reference = recipe.references.reference(asOf: rows[row].asOf)
        }
        var peer = InlineArray<12, Double>(repeating: .nan)
        for index in 0..<PeerBase.count { peer[index] = base[index][row] }
        let start = (row - chunkRows.lowerBound) * features.count
        computation.compare(peer, with: reference) { feature, value in
          values[start + places[feature]] = value
        }
      }
      return values
    }
    return Dictionary(
      uniqueKeysWithValues: features.enumerated().map { place, feature in
        (
          feature,
          chunks.flatMap { chunk in
            stride(from: place, to: chunk.count, by: features.count).map { chunk[$0] }
          }
        )
      })
  }
}

/// What one thread works with.
///
/// Families of its own, because threads that count the references to the same arrays wait for each
/// other.
private struct PanelWorker {
  var row: FeatureRow
  private let writer: RowWriter
  private let events: EventCatalog
  private var digest: ActivityDigest?

  init(_ recipe: FeatureRecipe, _ dictionaries: HistoryDictionaries) {
    writer = recipe.computation(dictionaries).writer
    events = dictionaries.events.withOwnTraits
    row = FeatureRow(count: writer.count)
  }

  mutating func write(_ account: borrowing AccountHistory, asOf: CalendarDay) {
    // Taken, not borrowed: with two owners, counting would copy what is to be reused.
    let storage = digest.take() ?? ActivityDigest()
    var view = HistoryView(of: account, asOf: asOf, events: events, reusing: consume storage)
    writer.write(view, to: &row)
    digest = view.takeDigest()
  }
}

/// The rows of each account.
private struct RowsOfAccount: Sendable {
  private let rows: [UInt32]
  private let starts: [Int]

  init(_ panel: [PanelRow], accountCount: Int) {
    var starts = [Int](repeating: 0, count: accountCount + 1)
    for row in panel { starts[row.account + 1] += 1 }
    for account in 0..<accountCount { starts[account + 1] += starts[account] }
    var next = starts
    var rows = [UInt32](repeating: 0, count: panel.count)
    for (index, row) in panel.enumerated() {
      rows[next[row.account]] = UInt32(index)
      next[row.account] += 1
    }
    self.rows = rows
    self.starts = starts
  }

  /// Calls `body` with the rows of an account, in the panel's order.
  ///
  /// No slice is made: threads that count the references to one array wait for each other.
  @inline(__always) func forEach(of account: Int, _ body: (Int) -> Void) {
    for place in starts[account]..<starts[account + 1] { body(Int(rows[place])) }
  }
}
