import RetentionKit
import Synchronization

/// One line of standard error that says what goes on; nothing where nobody watches.
final class ProgressLine: Sendable {
  private let isShown = StandardStream.error.isTerminal
  private let state = Mutex(State())

  private struct State {
    var width = 0
    var lastShown = ContinuousClock.now - .seconds(1)
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
    case .trees(let count, let limit): show("tree \(count) of \(limit)", isFrequent: true)
    }
  }
}
