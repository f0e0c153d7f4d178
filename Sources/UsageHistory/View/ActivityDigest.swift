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
    public var eventCount = 0
    /// Events of humans.
    public var humanEventCount = 0
    /// Events of agents.
    public var agentEventCount = 0
    /// Events of value, see ``EventCatalog/Traits/value``.
    public var valueEventCount = 0
    /// Those of ``valueEventCount`` that a human did.
    public var humanValueEventCount = 0
    /// Events before 9:00 or from 17:00 on.
    public var offHoursEventCount = 0
    /// How the runs of agents ended; a human's row with a status is no run.
    public var succeededRunCount = 0
    /// Runs that failed.
    public var failedRunCount = 0
    /// Runs that timed out.
    public var timedOutRunCount = 0
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
    /// The age of the last visit to the admin console; `Int32.max` for none.
    public var lastAdminAge = Int32.max
    /// Whether there is an event of age 29 to 56.
    public var wasActivePrevious28 = false
    /// The last four full weeks from Monday to Sunday in which the user was active, as bits: bit 0
    /// is the latest.
    public var isoWeeks: UInt8 = 0
    /// Events of age 1 to 28.
    public var count28 = 0
    /// Events of age 1 to 84.
    public var count84 = 0
    /// Events of age 29 to 180, which tell who the champion was.
    public var count29To180 = 0

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
    /// The youngest age above 28; `Int32.max` where there is none.
    public var lastAgeBefore28: Int32 = .max
    /// Events of age 1 to 28.
    public var count28 = 0
    /// Events of age 29 to 56.
    public var countPrevious28 = 0
    /// Events of age 1 to 84.
    public var count84 = 0

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
  private var places = UserPlaces()
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
    names.removeAll(keepingCapacity: true)
    users.removeAll(keepingCapacity: true)
    places.removeAll()
    if placeOfName.count < events.names.count {
      placeOfName = [Int32](repeating: -1, count: events.names.count)
    }
    countDays(cells.span, asOf, events.traits.span)
    for name in names { placeOfName[Int(name.name)] = -1 }
    names.sort { $0.name < $1.name }
  }

  /// One pass over the cells, the newest first, so that the ages of what is met only rise.
  private mutating func countDays(
    _ cells: Span<ActivityCell>, _ asOf: CalendarDay, _ traitsOfName: Span<EventCatalog.Traits>
  ) {
    guard !cells.isEmpty else { return }
    let weekday = Int32(asOf.weekday)
    var day = Day(age: asOf.number - cells[cells.count - 1].day)
    for index in cells.indices.reversed() {
      let cell = cells[index]
      let age = asOf.number - cell.day
      let traits = traitsOfName[Int(cell.name)]
      if day.age != age {
        days.append(day)
        day = Day(age: age)
      }
      day.add(cell, traits)
      if !cell.isAgent && cell.user != 0 {
        let (place, isNew) = places.place(of: cell.user)
        if isNew { users.append(User(user: cell.user, age: age)) }
        users[place].add(Int(cell.count), age, traits, weekday)
      }
      var place = Int(placeOfName[Int(cell.name)])
      if place < 0 {
        place = names.count
        placeOfName[Int(cell.name)] = Int32(place)
        names.append(Name(name: cell.name, age: age))
      }
      names[place].add(Int(cell.count), age)
    }
    days.append(day)
  }
}

/// Numbers users in the order in which they are met: a hash table with linear probing, which spares
/// the digest a hash that is made to withstand attackers.
private struct UserPlaces: Sendable {
  /// The user of each slot; 0 for none.
  private var users = [UInt32](repeating: 0, count: 64)
  private var places = [Int32](repeating: 0, count: 64)
  /// The slots in use, in the order of their places.
  private var slots: [Int] = []

  /// The place of a user, and whether it is met for the first time.
  mutating func place(of user: UInt32) -> (place: Int, isNew: Bool) {
    let slot = slot(of: user)
    if users[slot] == user { return (Int(places[slot]), false) }
    users[slot] = user
    places[slot] = Int32(slots.count)
    slots.append(slot)
    if slots.count * 2 > users.count { grow() }
    return (slots.count - 1, true)
  }

  mutating func removeAll() {
    // Only what is in use: one large account must not slow down all that follow.
    for slot in slots { users[slot] = 0 }
    slots.removeAll(keepingCapacity: true)
  }

  /// The slot that holds a user, or the free one where it belongs.
  private func slot(of user: UInt32) -> Int {
    // At most half the slots are in use, so a free one is always found.
    var slot = Int((user &* 0x9e37_79b9) >> 7) & (users.count - 1)
    while users[slot] != 0 && users[slot] != user { slot = (slot + 1) & (users.count - 1) }
    return slot
  }

  private mutating func grow() {
    let members = slots.map { users[$0] }
    users = [UInt32](repeating: 0, count: users.count * 2)
    places = [Int32](repeating: 0, count: users.count)
    slots.removeAll(keepingCapacity: true)
    for (place, user) in members.enumerated() {
      let slot = slot(of: user)
      users[slot] = user
      places[slot] = Int32(place)
      slots.append(slot)
    }
  }
}

extension ActivityDigest.Day {
  fileprivate mutating func add(_ cell: ActivityCell, _ traits: EventCatalog.Traits) {
    let count = Int(cell.count)
    eventCount += count
    if cell.isOffHours { offHoursEventCount += count }
    amount += cell.amount
    if traits.contains(.value) {
      valueEventCount += count
      if !cell.isAgent { humanValueEventCount += count }
    }
    guard cell.isAgent else {
      humanEventCount += count
      return
    }
    agentEventCount += count
    switch cell.outcome {
    case .none: break
    case .succeeded: succeededRunCount += count
    case .failed: failedRunCount += count
    case .timedOut: timedOutRunCount += count
    }
  }
}

extension ActivityDigest.User {
  /// Adds events that are not younger than those before.
  fileprivate mutating func add(
    _ count: Int, _ age: Int32, _ traits: EventCatalog.Traits, _ weekday: Int32
  ) {
    firstAge = age
    if age <= 28 { count28 += count }
    if age <= 84 { count84 += count }
    if 29...56 ~= age { wasActivePrevious28 = true }
    if 29...180 ~= age { count29To180 += count }
    if traits.contains(.admin) { lastAdminAge = min(lastAdminAge, age) }
    // The as-of week, so far as it has begun, holds the ages below the weekday's number.
    let daysBeforeThisWeek = age - weekday
    if 0..<28 ~= daysBeforeThisWeek { isoWeeks |= 1 << UInt8(daysBeforeThisWeek / 7) }
  }
}

extension ActivityDigest.Name {
  /// Adds events that are not younger than those before.
  fileprivate mutating func add(_ count: Int, _ age: Int32) {
    firstAge = age
    if age <= 28 {
      count28 += count
    } else {
      lastAgeBefore28 = min(lastAgeBefore28, age)
    }
    if 29...56 ~= age { countPrevious28 += count }
    if age <= 84 { count84 += count }
  }
}
