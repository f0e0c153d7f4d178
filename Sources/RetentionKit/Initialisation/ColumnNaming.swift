/// A column's or a file's name, taken apart for comparing it with names that are known.
struct ColumnNaming {
  /// The words in lower case, told apart by capitals and by what is no letter or digit.
  let words: [String]

  init(_ name: some StringProtocol) {
    var words: [String] = []
    var word = ""
    var previousIsLowercase = false
    for scalar in name.unicodeScalars {
      let properties = scalar.properties
      if !properties.isAlphabetic && properties.numericType == nil {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if properties.isUppercase && previousIsLowercase && !word.isEmpty {
          words.append(word)
          word = ""
        }
        word += properties.lowercaseMapping
      }
      previousIsLowercase = properties.isLowercase
    }
    if !word.isEmpty { words.append(word) }
    self.words = words
  }

  /// The words without what is between them.
  var joined: String { words.joined() }

  /// Whether a word, or its plural, is among the words.
  func has(_ word: String) -> Bool { words.contains { $0 == word || $0 == word + "s" } }

  /// Whether a word begins with one of these stems.
  func hasStem(_ stems: [String]) -> Bool {
    words.contains { word in stems.contains { word.hasPrefix($0) } }
  }

  /// Whether the name says that the values are instants.
  var isTime: Bool {
    hasStem(["date", "time", "timestamp", "datum"])
      || ["at", "on", "ts", "day"].contains(words.last)
      || joined.hasSuffix("date") || joined.hasSuffix("time")
  }

  /// What a column tells that was written because of the outcome, or that is of today; `nil` where
  /// the name says neither.
  var leak: String? {
    if hasStem(["churn", "cancel", "attrit", "terminat", "offboard"]) || has("exited") {
      return "it is the outcome, or written because of it"
    }
    if hasStem(["lifetime", "ltv", "clv", "cumulative"]) || words.first == "total" {
      return "it adds up to the day of the export"
    }
    if hasStem(["health", "risk", "score", "satisf"]) || has("nps") || has("csat") {
      return "it may have been edited after the outcome"
    }
    if has("status") || has("state") && words.count > 1 || hasStem(["active", "inactive"]) {
      return "it is of the day of the export"
    }
    if ["last", "latest", "current", "recent"].contains(words.first) || has("since") {
      return "it is of the day of the export"
    }
    if hasStem(["renew", "upgrad", "downgrad", "refund", "reason", "reactivat", "paus", "expir"]) {
      return "it is written later than sign-up"
    }
    return nil
  }

  /// Whether the column tells of today what subscriptions tell of every day.
  var isContractState: Bool {
    guard !["initial", "first", "signup", "original", "acquisition"].contains(words.first) else {
      return false
    }
    return hasStem([
      "plan", "tier", "seat", "mrr", "arr", "licen", "trial", "subscription", "revenue",
    ])
      || has("price") || has("balance") || has("package")
  }
}
