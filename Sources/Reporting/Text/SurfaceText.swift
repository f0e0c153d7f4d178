import Diagnostics
import Explanation

extension FeatureSurface {
  /// The surface for a terminal: a table of probabilities, or of what the two add together, with how
  /// much of it is interaction.
  public var text: String {
    let names = (displayText(first.name), displayText(second.name))
    var text =
      kind == .pdp
      ? "\(names.0) (down) and \(names.1) (across): probability by partial dependence\n"
      : "\(names.0) (down) and \(names.1) (across): what they add together beyond what each adds "
        + "alone, in log odds\n"
    let (rows, columns) = (shown(firstPlaces.count, 12), shown(secondPlaces.count, 8))
    var table = AlignedTable(
      [.left] + [AlignedTable.Alignment](repeating: .right, count: columns.count),
      header: [""] + columns.map { secondPlaces[$0].text(second) })
    for row in rows {
      table.add(
        [firstPlaces[row].text(first)]
          + columns.map { column in
            let cell = row * secondPlaces.count + column
            return kind == .pdp
              ? Numbers.percent(probability[cell]) : Numbers.signed(logOdds[cell], 3)
          })
    }
    text += table.text
    if let share = interactionShare {
      let band =
        partCount > 1
        ? " (\(Numbers.percent(share.low)) to \(Numbers.percent(share.high)) over "
          + "\(partCount) models)" : ""
      text +=
        "interaction is \(Numbers.percent(share.mean))\(band) of what the two do together "
        + "(Friedman's H squared)\n"
    } else if kind == .pdp {
      text += "the two do nothing together\n"
    }
    return text
  }

  /// As many positions as there is room for, the first and the last among them.
  private func shown(_ count: Int, _ limit: Int) -> [Int] {
    count <= limit
      ? Array(0..<count) : (0..<limit).map { ($0 * (count - 1) + (limit - 1) / 2) / (limit - 1) }
  }
}
