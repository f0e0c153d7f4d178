/// Identifiers side by side, byte by byte; each is known by its place.
///
/// They lie end to end, because hundreds of thousands of small arrays cost more to make and to give
/// back than to look through.
struct IdentifierList: RandomAccessCollection, Sendable {
  private(set) var bytes: [UInt8] = []
  /// Where each begins in ``bytes``, and where the last ends.
  private var starts = [0]

  /// No identifiers.
  init() {}

  /// Takes identifiers over.
  init(_ ids: [[UInt8]]) {
    for id in ids { append(id.span) }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { starts.count - 1 }

  /// The bytes of the identifier at a place.
  subscript(place: Int) -> ArraySlice<UInt8> { bytes[range(at: place)] }

  /// Where the identifier at a place lies in ``bytes``.
  func range(at place: Int) -> Range<Int> { starts[place]..<starts[place + 1] }

  /// Adds an identifier.
  mutating func append(_ id: Span<UInt8>) {
    // SAFETY: the pointer does not leave the closure.
    unsafe id.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    starts.append(bytes.count)
  }

  /// Makes room for so many identifiers in all.
  mutating func reserve(_ count: Int) { starts.reserveCapacity(count + 1) }
}
