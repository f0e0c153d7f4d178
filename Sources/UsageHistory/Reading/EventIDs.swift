import Synchronization

/// The ids of the events met so far, as fingerprints: an event that an export holds twice counts once.
final class EventIDs: Sendable {
  private let seen = Mutex(Set<UInt64>())

  /// Whether an event is met for the first time; one without an id, which is 0, always is.
  ///
  /// - Complexity: O(1) time, and memory for every id of the logs.
  func isNew(_ id: UInt64) -> Bool { id == 0 || seen.withLock { $0.insert(id).inserted } }
}
