/// What the cache file is made of, and the most of it.
///
/// `Docs/Formats/HistoryCache.md` is the specification.
enum CacheFormat {
  static let magic = Array("RKHIST01".utf8)
  /// A file of another version is not read.
  static let version: UInt32 = 2

  enum Section: UInt32 {
    case logs = 1
    case accounts = 2
    case subscriptions = 3
    case names = 4
    case users = 16
    case cells = 17
    case events = 18
  }

  /// The sections at the start of every part.
  static let common: [Section] = [.logs, .accounts, .subscriptions, .names]
  /// Those of the base: of each shelf the users and the cells.
  static let base =
    common + (0..<ActivityStore.shelfCount).flatMap { _ -> [Section] in [.users, .cells] }
  /// Those of a segment.
  static let segment = common + [.events]

  /// What every file begins with.
  static let head: [UInt8] = {
    var bytes = CacheBytes()
    bytes.append(raw: magic)
    bytes.append(version)
    return bytes.bytes
  }()
  /// What the digest of the base goes on from.
  static let root = ContentHash(of: head)

  /// The type, the length and the hash of a section.
  static let entryByteCount = 28
  static let digestByteCount = 16
  static let eventByteCount = 24
  static let sectionLimit = base.count
  static let logLimit = 1 << 20
  static let textLimit = 1 << 24
  static let accountLimit = ActivityKey.accountLimit * ActivityStore.shelfCount

  /// A file of more segments is written anew as one base.
  static let segmentLimit = 64

  /// Whether segments are still few beside the base: what they hold is sorted by each run.
  static func hasRoom(segmentCount: Int, segmentByteCount: Int, baseByteCount: Int) -> Bool {
    segmentCount <= segmentLimit && segmentByteCount <= baseByteCount / 2
  }
}
