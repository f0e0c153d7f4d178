import Diagnostics
import Explanation
import Reporting

extension ImportanceReport {
  /// The tables for a terminal.
  ///
  /// - Parameter showsAll: Whether everything is listed, and not the first of each kind only.
  public func text(showsAll: Bool = false) -> String {
    var parts: [String] = []
    if let sentence = drivers { parts.append(sentence) }
    let hint = ": --all"
    func table(_ kind: Importance.Kind, _ limit: Int) {
      let listed = importances(kind)
      guard !listed.isEmpty else { return }
      parts.append(importanceText(listed, limit: showsAll ? .max : limit, hint: hint))
    }
    table(.group, Self.leadingLimit)
    if importances(.group).isEmpty { table(.permutation, Self.leadingLimit) }
    if let stability { parts[parts.count - 1] += stability.text }
    let families = sharesText("family", families) + sharesText("", actionability)
    if !families.isEmpty { parts.append("Families of features\n" + families) }
    if let ablation { parts.append(ablation.text) }
    if showsAll, !importances(.group).isEmpty { table(.permutation, .max) }
    table(.shap, Self.furtherLimit)
    for kind in [Importance.Kind.gain, .splits, .coefficient] { table(kind, Self.furtherLimit) }
    return parts.joined(separator: "\n")
  }

  private static let leadingLimit = 20
  private static let furtherLimit = 10

  private func sharesText(_ title: String, _ shares: [Share]) -> String {
    guard !shares.isEmpty else { return "" }
    var table = AlignedTable(
      [.left, .right, .right, .left, .right, .left],
      header: [
        title, "features", shares.contains { $0.fall != nil } ? "fall in ROC AUC" : "",
        shares.contains { $0.fall?.interval != nil } ? "95 % interval" : "",
        "share of contributions", "",
      ])
    let largest = shares.compactMap(\.share).max() ?? 0
    for share in shares {
      let interval = share.fall?.interval
      table.add(
        share.name, "\(share.featureCount)",
        share.fall.map { Numbers.fixed($0.value, 4) } ?? "",
        interval.map { "\(Numbers.fixed($0.low, 4)) to \(Numbers.fixed($0.high, 4))" } ?? "",
        Numbers.percent(share.share), share.share.map { bar($0, of: largest) } ?? "")
    }
    return table.text
  }

  // MARK: - In a sentence

  /// What drives the model, in a sentence or two; `nil` where nothing was measured on held-out rows.
  public var drivers: String? {
    let groups = importances(.group)
    guard !groups.isEmpty else { return nil }
    let real = groups.filter { $0.value > 0 && $0.isNoise != true }
    guard let first = real.first else {
      return "Nothing that it reads drives the model by more than noise, \(source.text).\n"
    }
    let named = real.prefix(3).map(inWords)
    var text = "What drives it"
    let families = families.filter {
      ($0.fall?.isNoise ?? false) == false && ($0.share ?? 0) > 0.05
    }
    if let most = families.first {
      text += " is \(most.name)"
      if families.count > 1 {
        text += ", then \(families[1...].prefix(2).map(\.name).joined(separator: " and "))"
      }
      text += "; first of all"
    } else {
      text += ":"
    }
    text +=
      " \(named.count > 1 ? named.dropLast().joined(separator: ", ") + " and " + named.last! : named[0])"
    text += ". With the first shuffled, ROC AUC falls by \(Numbers.fixed(first.value, 3))"
    if let interval = first.interval {
      text += " (\(Numbers.fixed(interval.low, 3)) to \(Numbers.fixed(interval.high, 3)))"
    }
    let idle = groups.count - real.count
    if idle > 0 {
      text += "; \(idle) of \(groups.count) \(idle == 1 ? "does" : "do") no more than noise would"
    }
    return text + ". Measured \(source.text).\n"
  }

  private func inWords(_ importance: Importance) -> String {
    let name = displayText(importance.feature)
    let words = sentence(of: importance.feature).map { "\($0) (\(name))" } ?? name
    let others = importance.members.count - 1
    return others > 0 ? "\(words) with \(others) that \(others == 1 ? "goes" : "go") along" : words
  }
}

extension ImportanceReport.Source {
  /// On what, in words.
  var text: String {
    switch self {
    case .training(let foldCount):
      "on the rows that the \(foldCount) folds of the training held out"
    case .rows(let count, let positiveCount):
      "on \(Numbers.count(count, "row")), \(Numbers.count(positiveCount)) positive"
    case .folds(let foldCount, let count, let positiveCount):
      "on \(Numbers.count(count, "row")), \(Numbers.count(positiveCount)) positive, that "
        + "\(foldCount) folds held out"
    case .model: "on no held-out rows"
    }
  }
}
