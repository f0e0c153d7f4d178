/// Where the columns of an event log stand, and how its cells are read.
struct EventLayout: Sendable {
  var delimiter: UInt8
  var columnCount: Int
  /// The account, or the subscription that tells it.
  var key: Int
  var user: Int?
  var time: Int
  var name: Int?
  var value: Int?
  var actor: Int?
  var status: Int?
  var available: Int?
  /// What an event is known by, where events that come twice are to count once.
  var eventID: Int?
  /// Whether all cells are written in the standard way and in UTC: the fast path reads no others.
  var isPlain: Bool
  /// The bits of ``ActivityTraits`` that every event of the file has.
  var constantTraits: UInt64 = 0
  /// The code of the name that every event has, where no column says.
  var constantName: Int32 = 0
  /// Days from each event until it was known, where no column says.
  var constantLag = 0
}
