/// How a ticket's text sounds, by the words in it.
///
/// A word list is no language model: it tells an angry ticket from a friendly one, and nothing
/// finer. Where support tools supply a score of their own, that is used.
enum Sentiment {
  /// The mean valence of the words that have one, from -1 to 1; 0 where none has.
  static func valence(of text: String) -> Double {
    var sum = 0.0
    var count = 0.0
    var isNegated = false
    for word in text.lowercased().split(whereSeparator: { !$0.isLetter && $0 != "'" }) {
      if negations.contains(String(word)) {
        isNegated = true
        continue
      }
      if let valence = valences[String(word)] {
        sum += isNegated ? -valence : valence
        count += 1
      }
      isNegated = false
    }
    return count == 0 ? 0 : sum / count
  }

  private static let negations: Set<String> = [
    "not", "no", "never", "don't", "doesn't", "didn't", "isn't", "wasn't", "can't", "won't",
  ]

  private static let valences: [String: Double] = {
    var valences: [String: Double] = [:]
    let groups: [(Double, String)] = [
      (1, "love excellent amazing fantastic perfect awesome wonderful delighted"),
      (0.6, "great good thanks thank happy helpful pleased glad resolved fixed works easy fast"),
      (0.3, "fine ok okay better improved nice appreciate clear useful"),
      (-0.3, "slow confusing unclear waiting delay delayed late missing question issue minor"),
      (
        -0.6,
        "bad problem problems broken wrong error errors fail failed fails failing bug bugs crash "
          + "crashes crashed unable stuck disappointed annoying difficult expensive poor"
      ),
      (
        -1,
        "terrible awful horrible unacceptable useless cancel cancelling frustrated frustrating "
          + "angry worst outage down lost refund ridiculous furious hate"
      ),
    ]
    for (valence, words) in groups {
      for word in words.split(separator: " ") { valences[String(word)] = valence }
    }
    return valences
  }()
}
