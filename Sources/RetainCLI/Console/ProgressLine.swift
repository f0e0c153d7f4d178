import RetentionKit
import Synchronization

/// One line of standard error that says what goes on; nothing where nobody watches.
final class ProgressLine: Sendable {
  private let isShown = StandardStream.error.isTerminal
  private let state = Mutex(State())

  private struct State {
    var width = 0
    var lastShown = ContinuousClock.now - .seconds(1)
    /// When the first round of a series was reported, and its number.
    var firstRound: (time: ContinuousClock.Instant, treeCount: Int)?
  }

  /// Shows a text in place of the last.
  ///
  /// - Parameter isFrequent: Whether more such texts follow at once, so that not each is shown.
  func show(_ text: String, isFrequent: Bool = false) {
    guard isShown else { return }
    state.withLock { state in
      if isFrequent, ContinuousClock.now - state.lastShown < .milliseconds(100) { return }
      state.lastShown = ContinuousClock.now
      let padding = String(repeating: " ", count: max(0, state.width - text.count))
      state.width = text.count
      try? StandardStream.error.write("\r\(text)\(padding)")
    }
  }

  /// Clears the line for what is printed next.
  func clear() {
    guard isShown else { return }
    state.withLock { state in
      guard state.width > 0 else { return }
      try? StandardStream.error.write("\r\(String(repeating: " ", count: state.width))\r")
      state.width = 0
    }
  }

  /// Shows how a training goes.
  func show(_ progress: TrainingProgress) {
    switch progress {
    case .reading(let byteCount): show("reading, \(byteCount >> 20) MB", isFrequent: true)
    case .step(let text): show(text)
    case .tree(let round): show(round)
    }
  }

  /// Shows a round: what it costs to work out, only where it is shown.
  private func show(_ round: BoostingRound) {
    guard isShown else { return }
    let now = ContinuousClock.now
    let (isDue, seconds) = state.withLock { state in
      // Trees for the best round, and then those of the model, are counted from 1 each.
      if state.firstRound == nil || round.treeCount <= 1 {
        state.firstRound = (now, round.treeCount)
      }
      let (start, first) = state.firstRound!
      let grown = Double(round.treeCount - first)
      let left =
        grown > 0
        ? (now - start) / .seconds(1) / grown * Double(round.limit - round.treeCount) : nil
      return (now - state.lastShown >= .milliseconds(100), left)
    }
    guard isDue || round.treeCount == round.limit else { return }
    var parts = ["tree \(round.treeCount) of \(round.limit)"]
    parts.append("training loss \(Self.text(round.trainingLoss()))")
    if let loss = round.heldOutLoss { parts.append("validation loss \(Self.text(loss))") }
    if let seconds { parts.append("at most \(Int(seconds.rounded(.up))) s left") }
    show(parts.joined(separator: ", "))
  }

  /// A loss with four decimals.
  private static func text(_ loss: Double) -> String {
    guard loss.isFinite, abs(loss) < 1e6 else { return "\(loss)" }
    let units = Int((loss * 10_000).rounded())
    let decimals = String(units.magnitude % 10_000)
    return "\(units < 0 ? "-" : "")\(units.magnitude / 10_000)."
      + String(repeating: "0", count: 4 - decimals.count) + decimals
  }
}
