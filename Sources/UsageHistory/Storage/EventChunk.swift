import Synchronization

/// Some events of a shelf, side by side as a worker wrote them.
@safe package final class EventChunk: RandomAccessCollection, Sendable {
  private let memory: Memory
  package let endIndex: Int

  private enum Memory {
    case array([RawEvent])
    case pooled(PooledEvents, EventPool)
  }

  /// Takes an array over.
  package init(_ events: [RawEvent]) {
    memory = .array(events)
    endIndex = events.count
  }

  /// Takes over memory of a pool, which has it back when the chunk is no longer needed.
  ///
  /// - Precondition: The first `count` events were written.
  init(_ events: PooledEvents, count: Int, of pool: EventPool) {
    memory = .pooled(events, pool)
    endIndex = count
  }

  deinit {
    if case .pooled(let events, let pool) = memory { pool.takeBack(events) }
  }

  package var startIndex: Int { 0 }

  package subscript(place: Int) -> RawEvent {
    precondition(indices.contains(place), "event \(place) of \(count)")
    switch memory {
    case .array(let events): return events[place]
    // SAFETY: checked above.
    case .pooled(let events, _): return unsafe events.start[place]
    }
  }

  /// Adds the events to others, all at once.
  func append(to others: inout [RawEvent]) {
    switch memory {
    case .array(let events): others.append(contentsOf: events)
    // SAFETY: so many were written, and the memory stays the chunk's until it ends.
    case .pooled(let events, _):
      unsafe others.append(
        contentsOf: UnsafeBufferPointer(start: events.start, count: endIndex))
    }
  }
}

/// Room for ``ActivityStore/chunkCapacity`` events.
@safe struct PooledEvents: @unchecked Sendable {
  // It belongs to one owner at a time: the pool, a writer or a chunk.
  let start: UnsafeMutablePointer<RawEvent>
}

/// Memory for chunks of events, taken from the system in large pages and used again: page by page
/// and chunk by chunk the system is asked a hundred thousand times for what a large history needs.
@safe final class EventPool: Sendable {
  private struct State {
    var free: [PooledEvents] = []
    /// Free as well, and the system has its pages back.
    var empty: [PooledEvents] = []
    /// The memory taken so far, and the place in the last of it where nothing was taken yet.
    var slabs: [PooledEvents] = []
    var used = EventPool.slabChunkCount
  }
  private let state = Mutex(State())
  private static let capacity = ActivityStore.chunkCapacity
  /// About 4 MB: two large pages.
  private static let slabChunkCount = (4 << 20) / (capacity * MemoryLayout<RawEvent>.stride)

  deinit {
    // Writers and chunks hold the pool, so there are none.
    state.withLock { state in
      for slab in state.slabs { unsafe slab.start.deallocate() }
    }
  }

  /// Room in which nothing was written yet, or events that are no longer needed.
  func take() -> PooledEvents {
    state.withLock { state in
      if let free = state.free.popLast() ?? state.empty.popLast() { return free }
      if state.used == Self.slabChunkCount {
        state.slabs.append(Self.slab())
        state.used = 0
      }
      state.used += 1
      // SAFETY: the slab has room for `slabChunkCount` chunks.
      return unsafe PooledEvents(
        start: state.slabs[state.slabs.count - 1].start + (state.used - 1) * Self.capacity)
    }
  }

  /// Takes room back that nobody uses any longer.
  func takeBack(_ events: PooledEvents) { state.withLock { $0.free.append(events) } }

  /// Gives back to the system what is free beyond what will soon be taken again.
  ///
  /// After events were packed, that is: fewer wait on a shelf then than did before.
  func trim() {
    state.withLock { state in
      while state.free.count > Self.keptCount, let free = state.free.popLast() {
        // SAFETY: nobody uses the chunk, which is whole pages of the slab.
        unsafe LargePages.giveBack(
          UnsafeMutableRawBufferPointer(
            start: free.start, count: Self.capacity * MemoryLayout<RawEvent>.stride))
        state.empty.append(free)
      }
    }
  }

  /// 50 MB: what the shelves take while they fill anew.
  private static let keptCount = 4096

  private static func slab() -> PooledEvents {
    let byteCount = slabChunkCount * capacity * MemoryLayout<RawEvent>.stride
    // SAFETY: events are plain integers, which are written before they are counted; the alignment
    // is that of large pages, so that all of the slab can lie in them.
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 1 << 21)
    unsafe LargePages.ask(for: memory)
    return unsafe PooledEvents(
      start: memory.bindMemory(to: RawEvent.self).baseAddress!)
  }
}
