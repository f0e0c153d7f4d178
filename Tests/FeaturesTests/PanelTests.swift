import CivilCalendar
import Configuration
import Features
import Learning
import Testing
import UsageHistory

extension FeatureMatrix {
  /// The values of one row; a code of a category as a number, NaN where missing.
  func row(_ row: Int) -> [Double] {
    columns.map { column in
      switch column {
      case .number(let values): values[row]
      case .category(let codes):
        codes[row] == CategoryCode.missing ? .nan : Double(codes[row])
      }
    }
  }

  /// Whether all values are the same, missing ones included.
  func hasSameBits(as other: FeatureMatrix) -> Bool {
    features == other.features && rowCount == other.rowCount
      && (0..<rowCount).allSatisfy { bits(row($0)) == bits(other.row($0)) }
  }
}

@Suite struct PanelTests {
  private static let accounts: [AccountHistory] = (0..<1500).map { seed in
    var random = RandomHistories(seed: seed)
    return random.account()
  }

  @Test func `the number of threads changes no bit`() {
    let rows = PanelRow.every(accountCount: Self.accounts.count, days: [day(300), day(390)])
    let panels = [1, 2, 7].map { threads in
      fitted(rows, Self.accounts, threads: threads)
    }
    for panel in panels.dropFirst() {
      #expect(panel.recipe == panels[0].recipe)
      #expect(panel.panel.matrix.hasSameBits(as: panels[0].panel.matrix))
    }
  }

  @Test func `a panel's row is what the recipe gives for the account alone`() {
    let rows = (0..<500).map { PanelRow(account: ($0 * 37) % 1500, asOf: day(250 + $0 % 3 * 50)) }
    let (panel, recipe) = fitted(rows, Self.accounts, threads: 2)
    #expect(panel.rows == rows)
    for (row, place) in rows.enumerated() {
      let alone = recipe.values(
        of: Self.accounts[place.account], asOf: place.asOf, dictionaries: Sample.dictionaries)
      #expect(bits(panel.matrix.row(row)) == bits(alone))
    }
  }

  @Test func `categories are levels, and missing is told from unseen`() {
    var account = Sample.account()
    account.profile.segment = -1
    let (panel, _) = fitted([PanelRow(account: 0, asOf: day(100))], [account])
    let index = panel.matrix.features.firstIndex { $0.name == "segment" }!
    #expect(panel.matrix.features[index].kind == .category(levels: ["large", "small"]))
    #expect(panel.matrix.columns[index] == .category([CategoryCode.missing]))
  }

  @Test func `no rows give an empty matrix`() {
    let (panel, recipe) = fitted([], [], threads: 4)
    #expect(panel.matrix.rowCount == 0)
    #expect(panel.matrix.features.count == recipe.definitions.count)
  }
}
