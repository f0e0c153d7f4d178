import CivilCalendar

/// An account's activity, counted by age: an event of the day before the as-of day has age 1.
///
/// A window of `w` days holds the ages `1...w`.
public struct ActivityDigest: Sendable {
  /// The events of one day.
  public struct Day: Sendable, Equatable {
    /// Days before the as-of day.
    public var age: Int32
    /// All events.
    public var eventCount: Int32 = 0
    /// Events of humans.
    public var humanEventCount: Int32 = 0
    /// Events of agents.
    public var agentEventCount: Int32 = 0
    /// Events of value, see ``EventCatalog/Traits/value``.
    public var valueEventCount: Int32 = 0
    /// Events before 9:00 or from 17:00 on.
    public var offHoursEventCount: Int32 = 0
    /// Runs that succeeded.
    public var succeededRunCount: Int32 = 0
    /// Runs that failed.
    public var failedRunCount: Int32 = 0
    /// Runs that timed out.
    public var timedOutRunCount: Int32 = 0
    /// The sum of the values of all events.
    public var amount = ExactAmount.zero

    /// A day without events yet.
    public init(age: Int32) { self.age = age }
  }

  /// The events of one human user.
  public struct User: Sendable, Equatable {
    /// The user's code in the account.
    public var user: UInt32
    /// The age of the first event.
    public var firstAge: Int32
    /// The age of the last event.
    public var lastAge: Int32
    /// Whether there is an event of age 29 to 56.
    public var wasActivePrevious28 = false
    /// Events of age 1 to 28.
    public var count28: Int32 = 0
    /// Events of age 1 to 84.
    public var count84: Int32 = 0
    /// Events of age 29 to 180, which tell who the champion was.
    public var count29To180: Int32 = 0

    /// A user without events yet.
    public init(user: UInt32, age: Int32) {
      self.user = user
      firstAge = age
      lastAge = age
    }
  }

  /// The events of one name.
  public struct Name: Sendable, Equatable {
    /// A code of the ``EventCatalog``.
    public var name: UInt16
    /// The age of the first event.
    public var firstAge: Int32
    /// The age of the last event.
    public var lastAge: Int32
    /// Events of age 1 to 28.
    public var count28: Int32 = 0
    /// Events of age 29 to 56.
    public var countPrevious28: Int32 = 0
    /// Events of age 1 to 84.
    public var count84: Int32 = 0
    /// The age of the youngest event that is older than 28 days.
    public var lastAgeBefore28: Int32 = .max

    /// A name without events yet.
    public init(name: UInt16, age: Int32) {
      self.name = name
      firstAge = age
      lastAge = age
    }
  }

  /// Days with events, the newest first.
  public private(set) var days: [Day] = []
  /// Human users with events, in no particular order; rows without a user id are not counted.
  public private(set) var users: [User] = []
  /// Names with events, in the order of their codes.
  public private(set) var names: [Name] = []
  /// Where a user or a name stands in the lists, by code; -1 for one that is not there yet.
  private var placeOfUser: [Int32] = []
  private var placeOfName: [Int32] = []

  /// Nothing counted yet.
  public init() {}

  /// Counts the cells of an account anew.
  ///
  /// - Precondition: The cells are sorted by day and lie before `asOf`.
  mutating func count(
    _ cells: ArraySlice<ActivityCell>, asOf: CalendarDay, events: EventCatalog
  ) {
    days.removeAll(keepingCapacity: true)
    users.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    for cell in cells.reversed() {
      let age = asOf.number - cell.day
      if days.last?.age != age { days.append(Day(age: age)) }
      days[days.count - 1].add(cell, events.traits[Int(cell.name)])
      if !cell.isAgent && cell.user != 0 { addUser(cell, age) }
      addName(cell, age, nameCount: events.names.count)
    }
    for name in names { placeOfName[Int(name.name)] = -1 }
    for user in users { placeOfUser[Int(user.user)] = -1 }
    names.sort { $0.name < $1.name }
  }

  private mutating func addUser(_ cell: ActivityCell, _ age: Int32) {
    let code = Int(cell.user)
    while placeOfUser.count <= code {
      placeOfUser.append(contentsOf: repeatElement(-1, count: max(64, placeOfUser.count)))
    }
    var place = Int(placeOfUser[code])
    if place < 0 {
      place = users.count
      placeOfUser[code] = Int32(place)
      users.append(User(user: cell.user, age: age))
    }
    users[place].add(Int32(clamping: cell.count), age)
  }

  private mutating func addName(_ cell: ActivityCell, _ age: Int32, nameCount: Int) {
    if placeOfName.count < nameCount {
      placeOfName = [Int32](repeating: -1, count: nameCount)
    }
    var place = Int(placeOfName[Int(cell.name)])
    if place < 0 {
      place = names.count
      placeOfName[Int(cell.name)] = Int32(place)
      names.append(Name(name: cell.name, age: age))
    }
    names[place].add(Int32(clamping: cell.count), age)
  }
}

extension ActivityDigest.Day {
  fileprivate mutating func add(_ cell: ActivityCell, _ traits: EventCatalog.Traits) {
    let count = Int32(clamping: cell.count)
    eventCount += count
    if cell.isAgent { agentEventCount += count } else { humanEventCount += count }
    if traits.contains(.value) { valueEventCount += count }
    if cell.isOffHours { offHoursEventCount += count }
    switch cell.outcome {
    case .none: break
    case .succeeded: succeededRunCount += count
    case .failed: failedRunCount += count
    case .timedOut: timedOutRunCount += count
    }
    amount += cell.amount
  }
}

extension ActivityDigest.User {
  /// Adds events that are not younger than those before.
  fileprivate mutating func add(_ count: Int32, _ age: Int32) {
    firstAge = age
    if age <= 28 { count28 += count }
    if age <= 84 { count84 += count }
    if 29...56 ~= age { wasActivePrevious28 = true }
    if 29...180 ~= age { count29To180 += count }
  }
}

extension ActivityDigest.Name {
  /// Adds events that are not younger than those before.
  fileprivate mutating func add(_ count: Int32, _ age: Int32) {
    firstAge = age
    if age <= 28 { count28 += count }
    if 29...56 ~= age { countPrevious28 += count }
    if age <= 84 { count84 += count }
    if age > 28 { lastAgeBefore28 = min(lastAgeBefore28, age) }
  }
}
