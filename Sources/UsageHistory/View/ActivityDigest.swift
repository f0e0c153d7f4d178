import CivilCalendar

/// An account's activity, counted by age: an event of the day before the as-of day has age 1.
///
/// A window of `w` days holds the ages `1...w`.
public struct ActivityDigest: Sendable {
  /// The events of one day.
  public struct Day: Sendable, Equatable {
    /// Days from this day to the as-of day, at least 1.
    public var age: Int32
    /// All events.
    public var eventCount = 0
    /// Those of humans.
    public var humanEventCount = 0
    /// Those of agents.
    public var agentEventCount = 0
    /// Those that are the value a customer came for.
    public var valueEventCount = 0
    /// Those of ``valueEventCount`` that a human did.
    public var humanValueEventCount = 0
    /// Those before 9:00 or from 17:00 on.
    public var offHoursEventCount = 0
    /// Runs of agents that succeeded; a human's row with a status is no run.
    public var succeededRunCount = 0
    /// Runs of agents that failed.
    public var failedRunCount = 0
    /// Runs of agents that timed out.
    public var timedOutRunCount = 0
    /// The sum of the values of all events.
    public var amount = ExactAmount.zero

    /// A day without events.
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

    /// A user without events but one of this age.
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

    /// A name without events but one of this age.
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
  /// The place of each name in ``names``; what is not met is of no account.
  private var placeOfName: [Int32] = []
  /// The names that are met, a bit for each.
  private var isNameMet: [UInt64] = []
  /// The place in ``users`` of each cell's human user; -1 for none.
  private var userOfCell: [Int32] = []

  /// Nothing counted yet.
  public init() {}

  /// Counts the cells of an account anew.
  ///
  /// - Precondition: The cells are sorted by day and lie before `asOf`.
  mutating func count(
    _ cells: ArraySlice<ActivityCell>, asOf: CalendarDay, events: borrowing EventCatalog
  ) {
    days.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    users.removeAll(keepingCapacity: true)
    places.removeAll()
    if placeOfName.count < events.names.count {
      placeOfName = [Int32](repeating: -1, count: events.names.count)
      isNameMet = [UInt64](repeating: 0, count: events.names.count / 64 + 1)
    }
    guard !cells.isEmpty else { return }
    if userOfCell.count < cells.count {
      userOfCell = [Int32](repeating: -1, count: cells.count * 2)
    }
    Self.meet(cells.span, asOf, &places, &isNameMet, &userOfCell, users: &users)
    numberNames()
    let (placeOfName, userOfCell) = (placeOfName, userOfCell)
    Self.count(
      cells.span, asOf, events.traits.span, placeOfName.span, userOfCell.span, days: &days,
      users: &users, names: &names)
  }

  /// Finds the users and names there are, so that counting need not look for room.
  private static func meet(
    _ cells: Span<ActivityCell>, _ asOf: CalendarDay, _ places: inout UserPlaces,
    _ isNameMet: inout [UInt64], _ userOfCell: inout [Int32], users: inout [User]
  ) {
    var met = isNameMet.mutableSpan
    var userOfCell = userOfCell.mutableSpan
    // The newest first, as they are counted.
    for index in cells.indices.reversed() {
      let cell = cells[index]
      met[Int(cell.name) &>> 6] |= 1 &<< UInt64(cell.name & 63)
      if cell.isAgent || cell.user == 0 {
        userOfCell[index] = -1
        continue
      }
      let (place, isNew) = places.place(of: cell.user)
      if isNew { users.append(User(user: cell.user, age: asOf.number - cell.day)) }
      userOfCell[index] = Int32(truncatingIfNeeded: place)
    }
  }

  /// Gives the names that are met their places, in the order of their codes.
  private mutating func numberNames() {
    for word in isNameMet.indices {
      var bits = isNameMet[word]
      while bits != 0 {
        let name = word * 64 + bits.trailingZeroBitCount
        placeOfName[name] = Int32(names.count)
        names.append(Name(name: UInt16(name), age: .max))
        bits &= bits - 1
      }
      isNameMet[word] = 0
    }
  }

  /// One pass over the cells, the newest first, so that the ages of what is met only rise.
  private static func count(
    _ cells: Span<ActivityCell>, _ asOf: CalendarDay, _ traitsOfName: Span<EventCatalog.Traits>,
    _ placeOfName: Span<Int32>, _ userOfCell: Span<Int32>, days: inout [Day],
    users: inout [User], names: inout [Name]
  ) {
    let weekday = Int32(asOf.weekday)
    var allNames = names.mutableSpan
    var allUsers = users.mutableSpan
    var day = Day(age: asOf.number - cells[cells.count - 1].day)
    var period = Period(day.age, weekday)
    for index in cells.indices.reversed() {
      let cell = cells[index]
      let age = asOf.number - cell.day
      let traits = traitsOfName[Int(cell.name)]
      if day.age != age {
        days.append(day)
        day = Day(age: age)
        period = Period(age, weekday)
      }
      day.add(cell, traits)
      let user = Int(userOfCell[index])
      if user >= 0 { allUsers[user].add(Int(cell.count), period, traits) }
      allNames[Int(placeOfName[Int(cell.name)])].add(Int(cell.count), period)
    }
    days.append(day)
  }

  /// The windows that hold an age: all ones where it is in one, else 0.
  fileprivate struct Period {
    let age: Int32
    let is28: Int
    let isPrevious28: Int
    let is84: Int
    let is29To180: Int
    /// The bit of the full week from Monday to Sunday; 0 for none of the last four.
    let isoWeek: UInt8
    let ageBefore28: Int32

    // Inlined, because what a call writes to memory in words is read back in pairs of words at once,
    // for which the processor waits until they are out of its store queue: at every day.
    @inline(__always) init(_ age: Int32, _ weekday: Int32) {
      self.age = age
      is28 = age <= 28 ? -1 : 0
      isPrevious28 = 29...56 ~= age ? -1 : 0
      is84 = age <= 84 ? -1 : 0
      is29To180 = 29...180 ~= age ? -1 : 0
      // The as-of week, so far as it has begun, holds the ages below the weekday's number.
      let daysBeforeThisWeek = age - weekday
      isoWeek = 0..<28 ~= daysBeforeThisWeek ? 1 << UInt8(daysBeforeThisWeek / 7) : 0
      ageBefore28 = age <= 28 ? .max : age
    }
  }
}

/// Numbers users in the order in which they are met: a hash table with linear probing, which spares
/// the digest a hash that is made to withstand attackers.
private struct UserPlaces: Sendable {
  /// The user of each slot; 0 for none.
  private var users: [UInt32] = []
  private var places: [Int32] = []
  /// The slots in use, in the order of their places.
  private var slots: [Int] = []

  /// The place of a user, and whether it is met for the first time.
  mutating func place(of user: UInt32) -> (place: Int, isNew: Bool) {
    if users.isEmpty { grow() }
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
    users = [UInt32](repeating: 0, count: max(64, users.count * 2))
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
  @inline(__always) fileprivate mutating func add(
    _ cell: ActivityCell, _ traits: EventCatalog.Traits
  ) {
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
  @inline(__always) fileprivate mutating func add(
    _ count: Int, _ period: ActivityDigest.Period, _ traits: EventCatalog.Traits
  ) {
    firstAge = period.age
    count28 &+= count & period.is28
    count84 &+= count & period.is84
    count29To180 &+= count & period.is29To180
    if period.isPrevious28 != 0 { wasActivePrevious28 = true }
    if traits.contains(.admin) { lastAdminAge = min(lastAdminAge, period.age) }
    isoWeeks |= period.isoWeek
  }
}

extension ActivityDigest.Name {
  /// Adds events that are not younger than those before.
  @inline(__always) fileprivate mutating func add(_ count: Int, _ period: ActivityDigest.Period) {
    firstAge = period.age
    lastAge = min(lastAge, period.age)
    lastAgeBefore28 = min(lastAgeBefore28, period.ageBefore28)
    count28 &+= count & period.is28
    countPrevious28 &+= count & period.isPrevious28
    count84 &+= count & period.is84
  }
}
