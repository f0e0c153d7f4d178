import CivilCalendar
import Configuration
import Diagnostics
import Features
import Learning
import Tabular
import UsageHistory

/// A panel of features as a table, as if it had been read from a file: what learns from tables and
/// scores them need not know where they come from.
enum FeatureTable {
  /// The columns beside the features.
  static let accountColumn = "account_id"
  static let asOfColumn = "as_of"

  /// The outcomes' words in the label column.
  static let positive = "yes"
  static let negative = "no"

  /// The table of a panel, the account and the day first.
  ///
  /// - Parameters:
  ///   - accountIDs: The ids of the history's accounts.
  ///   - labels: The name of the label column, the last, and the outcome of each row.
  static func table(
    of panel: FeaturePanel, accountIDs: [String], labels: (name: String, outcomes: [Bool])? = nil
  ) -> Table {
    var ids = TextValues()
    for row in panel.rows {
      var id = accountIDs[row.account]
      id.withUTF8 { unsafe ids.append($0.span) }
    }
    var columns = [
      TableColumn(name: accountColumn, values: .identifier(ids)),
      TableColumn(name: asOfColumn, values: .date(panel.rows.map(\.asOf.secondsSince1970))),
    ]
    for (feature, column) in zip(panel.matrix.features, panel.matrix.columns) {
      columns.append(TableColumn(name: feature.name, values: values(of: column, feature)))
    }
    if let labels {
      columns.append(
        TableColumn(
          name: labels.name,
          values: .category(
            CategoryValues(
              codes: labels.outcomes.map { $0 ? 1 : 0 }, levels: [negative, positive]))))
    }
    return Table(columns: columns, rowCount: panel.rows.count)
  }

  private static func values(of column: FeatureColumn, _ feature: Feature) -> ColumnValues {
    switch (column, feature.kind) {
    case (.category(let codes), .category(let levels, _)):
      // A word that the recipe does not know is told from a missing one.
      let unseen = Int32(levels.count)
      return .category(
        CategoryValues(
          codes: codes.map { $0 == CategoryCode.unseen ? unseen : $0 },
          levels: levels + [unseenWord]))
    case (.number(let values), .boolean): return .boolean(values)
    case (.number(let values), _): return .number(values)
    case (.category, _): preconditionFailure("\(feature.name): codes of no category")
    }
  }

  private static let unseenWord = "(unseen)"
}
