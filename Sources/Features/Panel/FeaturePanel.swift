import CivilCalendar
import Configuration
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

  /// Rows that are worked on at a time: enough to spread what a worker sets up, few enough to stay
  /// near the processor.
  static let chunkRowCount = 2048

  /// Computes the features of a recipe: for a score, an explanation, or training again.
  ///
  /// The result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - rows: Whom to look at, and when.
  ///   - dictionaries: The words of the history that `account` gives.
  ///   - account: The history of an account by its position; called from several threads.
  /// - Complexity: O(all that was recorded of the accounts before their days).
  public static func rows(
    _ rows: [PanelRow], recipe: FeatureRecipe, dictionaries: HistoryDictionaries, threads: Int,
    account: @Sendable (Int) -> AccountHistory
  ) -> FeaturePanel {
    let base = PanelBase(
      rows, recipe, dictionaries, threads: threads, account)
    return base.panel(recipe, threads: threads)
  }

  /// Computes features for training, and the recipe that computes them again.
  ///
  /// - Parameters:
  ///   - rows: Whom to look at, and when. Comparisons are with the rows of the same day.
  ///   - dictionaries: The words of the history that `account` gives.
  ///   - account: The history of an account by its position; called from several threads.
  public static func fitted(
    _ rows: [PanelRow], settings: FeatureSettings, dictionaries: HistoryDictionaries, threads: Int,
    account: @Sendable (Int) -> AccountHistory
  ) -> (panel: FeaturePanel, recipe: FeatureRecipe) {
    let unfitted = FeatureRecipe(settings: settings, dictionaries: dictionaries)
    let base = PanelBase(
      rows, unfitted, dictionaries, threads: threads, account)
    let recipe = unfitted.adding(base.references(unfitted, threads: threads))
    return (base.panel(recipe, threads: threads), recipe)
  }
}

extension FeatureRecipe {
  /// A recipe for the features of a history, with comparisons among these rows.
  ///
  /// ``FeaturePanel/fitted(_:settings:dictionaries:threads:account:)`` gives the features with it.
  public static func fitted(
    to rows: [PanelRow], settings: FeatureSettings, dictionaries: HistoryDictionaries,
    threads: Int, account: @Sendable (Int) -> AccountHistory
  ) -> FeatureRecipe {
    FeaturePanel.fitted(
      rows, settings: settings, dictionaries: dictionaries, threads: threads, account: account
    ).recipe
  }
}

/// The first step of a panel: what each account's own history gives.
private struct PanelBase {
  let rows: [PanelRow]
  let computation: RecipeComputation
  /// All values that the families wrote, chunk by chunk, each column by column: shape
  /// `[chunkCount][writer.count, rowCount of the chunk]`.
  let chunks: [[Double]]

  init(
    _ rows: [PanelRow], _ recipe: FeatureRecipe, _ dictionaries: HistoryDictionaries, threads: Int,
    _ account: @Sendable (Int) -> AccountHistory
  ) {
    self.rows = rows
    computation = recipe.computation(dictionaries)
    let size = FeaturePanel.chunkRowCount
    chunks = Parallel.map((rows.count + size - 1) / size, threads: threads) { chunk in
      let chunkRows = rows[chunk * size..<min((chunk + 1) * size, rows.count)]
      // Families of its own: threads that count the references to the same arrays wait for each
      // other.
      let writer = recipe.computation(dictionaries).writer
      let events = dictionaries.events
      var values = [Double](repeating: .nan, count: writer.count * chunkRows.count)
      var row = FeatureRow(count: writer.count)
      var digest = ActivityDigest()
      for (position, place) in chunkRows.enumerated() {
        let view = HistoryView(
          of: account(place.account), asOf: place.asOf, events: events, reusing: consume digest)
        writer.write(view, to: &row)
        for column in 0..<writer.count {
          values[column * chunkRows.count + position] = row.values[column]
        }
        digest = view.digest
      }
      return values
    }
  }

  /// One column of what the families wrote.
  func column(_ column: Int) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(rows.count)
    for chunk in chunks {
      let count = chunk.count / computation.writer.count
      values.append(contentsOf: chunk[column * count..<(column + 1) * count])
    }
    return values
  }

  /// What accounts are compared with: these rows.
  func references(_ recipe: FeatureRecipe, threads: Int) -> PeerReferences {
    guard let columns = peerColumns(threads: threads) else { return PeerReferences() }
    return PeerReferences.fitted(
      days: rows.map(\.asOf), columns: columns, comparisons: recipe.comparisons, threads: threads)
  }

  private func peerColumns(threads: Int) -> [[Double]]? {
    computation.peerOffset.map { offset in
      Parallel.map(PeerBase.count, threads: threads) { column(offset + $0) }
    }
  }

  /// The second step: comparisons, and the columns as a learner reads them.
  func panel(_ recipe: FeatureRecipe, threads: Int) -> FeaturePanel {
    let compared = comparedColumns(recipe, threads: threads)
    let features = recipe.features
    let columns = Parallel.map(features.count, threads: threads) { feature in
      let source = computation.sources[feature]
      let values =
        compared[feature]
        ?? (source < 0 ? [Double](repeating: .nan, count: rows.count) : column(source))
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
    let size = FeaturePanel.chunkRowCount
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
