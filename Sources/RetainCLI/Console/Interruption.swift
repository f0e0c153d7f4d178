import ArgumentParser
import Dispatch
import RetentionKit
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the first Ctrl-C does to a training.
enum InterruptionPolicy: String, CaseIterable, ExpressibleByArgument {
  /// The run ends, and leaves no file.
  case stop
  /// No further tree is grown, and the model is written.
  case keep
}

/// Ctrl-C while a model is trained.
///
/// A run that ends by it removes what it was writing and has the exit code of a shell for it, 130. The
/// second Ctrl-C always ends the run.
final class Interruption: Sendable {
  /// 128 and the number of the signal.
  static let exitCode: Int32 = 130

  private let policy: InterruptionPolicy
  private let hasTrees = Atomic<Bool>(false)
  private let wasAsked = Atomic<Bool>(false)
  // SAFETY: set up before the object is shared, and from then on only kept.
  private nonisolated(unsafe) let source: any DispatchSourceSignal

  /// Listens from now on.
  ///
  /// - Parameter ending: Called before the process ends.
  init(_ policy: InterruptionPolicy, ending: @escaping @Sendable () -> Void) {
    self.policy = policy
    // The system's own answer would be to end the process at once, files half written.
    _ = signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(
      signal: SIGINT, queue: DispatchQueue(label: "retain.interruption"))
    unsafe self.source = source
    source.setEventHandler { [weak self] in self?.answer(ending) }
    source.resume()
  }

  /// Whether growing is to end.
  var isAsked: Bool { wasAsked.load(ordering: .acquiring) }

  /// From now on there is something to keep.
  func noteTree() { hasTrees.store(true, ordering: .releasing) }

  private func answer(_ ending: () -> Void) {
    if policy == .keep, hasTrees.load(ordering: .acquiring),
      !wasAsked.exchange(true, ordering: .acquiringAndReleasing)
    {
      return
    }
    OutputFileWriter.discardAll()
    ending()
    Foreground.exitAtOnce(Self.exitCode)
  }
}
