import Configuration
import Diagnostics
import Tabular

/// The table of tiers, or the plans of the configuration.
enum TierTable {
  /// The terms of all plans; those of the table win over the configuration's.
  ///
  /// A column `limit_METER` holds the limit of a meter; `features` the capabilities that the tier
  /// entitles to, separated by `;`.
  static func read(
    _ configuration: RetentionConfiguration, report: inout HistoryReport,
    dictionaries: inout HistoryDictionaries, ledger: RowLedger
  ) throws(Diagnostic) -> [PlanTerms] {
    var plans = configuration.plans
    guard let source = configuration.sources[.tiers] else { return plans }
    let meters = configuration.events.meters.map(\.name)
    var types: [String: DeclaredType] = [
      "tier": .category, "rank": .number, "price": .number, "features": .category,
    ]
    for meter in meters { types["limit_\(meter)"] = .number }
    let files = try configuration.files(of: .tiers)
    let table = try SourceTable(
      .tiers, source, files: files, options: source.options(timeZone: configuration.timeZone),
      types: types, required: ["tier"], ledger: ledger)
    let names = table.words("tier") ?? []
    let (rank, price) = (table.numbers("rank"), table.numbers("price"))
    let features = table.words("features")
    for (row, name) in names.enumerated() {
      guard let name else { continue }
      var terms = PlanTerms(name: name)
      terms.rank = rank.flatMap { $0[row].isFinite ? Int($0[row].rounded()) : nil }
      terms.price = price.flatMap { $0[row].isFinite ? $0[row] : nil }
      for meter in meters {
        if let limit = table.numbers("limit_\(meter)")?[row], limit.isFinite {
          terms.limits[meter] = limit
        }
      }
      terms.capabilities = features?[row].map { $0.split(separator: ";").map(String.init) }
      plans.removeAll { $0.name == name }
      plans.append(terms)
    }
    var entry = HistoryReport.Table(name: SourceName.tiers.rawValue)
    entry.files = files
    entry.rowCount = table.rowCount
    entry.rejectedRowCount = table.counts.rejected
    report.tables.append(entry)
    dictionaries.tables.insert(.tiers)
    return plans
  }
}
