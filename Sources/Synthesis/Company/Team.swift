import Learning

/// The people of an account.
struct Team {
  struct Person {
    let department: Department
    let role: Role
    let createdDay: Int32
    let createdSecond: Int32
    /// The day on which the person left; `.max` while it stays.
    var leftDay = Int32.max
  }

  enum Department: UInt8, CaseIterable {
    case operations, marketing, sales, engineering, finance, support, product, people

    var name: StaticString {
      switch self {
      case .operations: "operations"
      case .marketing: "marketing"
      case .sales: "sales"
      case .engineering: "engineering"
      case .finance: "finance"
      case .support: "support"
      case .product: "product"
      case .people: "people"
      }
    }
  }

  enum Role: UInt8 {
    case admin, member, viewer

    var name: StaticString {
      switch self {
      case .admin: "admin"
      case .member: "member"
      case .viewer: "viewer"
      }
    }
  }

  /// An account has no more people than this.
  static let mostPeople = 600

  private(set) var people: [Person] = []
  /// Who is here and may be active, the busiest first.
  private var present: [UInt16] = []
  /// How many of those present have been active lately.
  private(set) var activeCount = 0
  private var departments: [Department] = []
  /// Departments with an active person at each anniversary, the latest last; at most 4.
  private var departmentCounts: [Int] = []

  /// The person who carries the product in the account.
  private(set) var champion: UInt16?
  /// The day from which the champion did nothing more.
  private(set) var silentSince: Int?
  private var successorDay = Int.max

  init(
    drawnFrom generator: inout SeededGenerator, seatCount: Int, day: Int, second: Int
  ) {
    let departments = generator.permutation(of: Department.allCases.count)
    self.departments = departments.map { Department.allCases[$0] }
    let share = 0.5 + 0.4 * generator.nextUnit()
    let count = max(2, Int((Double(seatCount) * share).rounded()))
    let spread = seatCount < 10 ? 1 : 2
    for _ in 0..<count {
      join(on: day, second: second, of: spread, &generator)
    }
    champion = present.removeFirst()
  }

  /// Adds a person of one of the account's first so many departments.
  private mutating func join(
    on day: Int, second: Int, of departmentCount: Int, _ generator: inout SeededGenerator
  ) {
    let department = departments[generator.nextIndex(below: departmentCount)]
    let role: Role =
      people.isEmpty ? .admin : generator.nextChoice([(.admin, 8), (.member, 72), (.viewer, 20)])
    present.append(UInt16(people.count))
    people.append(
      Person(
        department: department, role: role, createdDay: Int32(day), createdSecond: Int32(second)))
  }

  /// One week on: people come and go, and so may the champion.
  ///
  /// - Returns: The people who joined, if any.
  mutating func step(
    on day: Int, seatCount: Int, isGrowing: Bool, temperament: Temperament,
    _ generator: inout SeededGenerator
  ) -> Range<Int> {
    let before = people.count
    let size = Double(present.count + 1)
    if present.count > 2, generator.nextBool(probability: min(0.002 * size, 0.3)) {
      leave(1 + generator.nextIndex(below: present.count - 1), on: day)
    }
    let room = seatCount - present.count - 1
    let wish = isGrowing ? 0.15 + 0.025 * size : 0.0025 * size
    let joining = min(generator.nextPoisson(mean: min(wish, 20)), max(room, 0))
    for _ in 0..<joining where people.count < Self.mostPeople {
      // Growth is what carries the product to other departments.
      let spread = departmentSpread + (isGrowing && generator.nextBool(probability: 0.3) ? 1 : 0)
      let second = 9 * 3600 + generator.nextIndex(below: 8 * 3600)
      join(on: day, second: second, of: min(spread, departments.count), &generator)
    }
    stepChampion(on: day, temperament: temperament, &generator)
    return before..<people.count
  }

  private mutating func stepChampion(
    on day: Int, temperament: Temperament, _ generator: inout SeededGenerator
  ) {
    if let champion, silentSince == nil {
      let chance = min(0.008 * PortableMath.exp(-0.35 * temperament.engagement), 0.03)
      guard generator.nextBool(probability: chance) else { return }
      silentSince = day
      if generator.nextBool(probability: 0.5) { people[Int(champion)].leftDay = Int32(day) }
      successorDay =
        generator.nextBool(probability: 0.6) ? day + 110 + generator.nextIndex(below: 120) : .max
    } else if day >= successorDay, !present.isEmpty {
      champion = present.removeFirst()
      silentSince = nil
      successorDay = .max
    }
  }

  private mutating func leave(_ position: Int, on day: Int) {
    people[Int(present[position])].leftDay = Int32(day)
    present.remove(at: position)
  }

  /// Lets those go for whom there is no seat, the least busy first.
  mutating func shrink(toSeats seatCount: Int, on day: Int) {
    while present.count + 1 > seatCount, present.count > 1 { leave(present.count - 1, on: day) }
  }

  /// Takes over how much is done: with less to do, fewer do it.
  mutating func setActivity(level: Double) {
    let share = min(0.95, 0.85 * min(level, 1.3).squareRoot())
    activeCount = min(present.count, max(1, Int((Double(present.count) * share).rounded())))
  }

  /// Whether the champion takes part.
  var hasActiveChampion: Bool { champion != nil && silentSince == nil }

  /// Active people, the champion among them.
  var activePersonCount: Int { activeCount + (hasActiveChampion ? 1 : 0) }

  /// Someone who is active, the champion more often than others; `nil` where there is nobody.
  func activePerson(_ generator: inout SeededGenerator) -> UInt16? {
    if hasActiveChampion, generator.nextBool(probability: 0.42) || activeCount == 0 {
      return champion
    }
    guard activeCount > 0 else { return nil }
    // The square makes the first busier than the last.
    let unit = generator.nextUnit()
    return present[Int(unit * unit.squareRoot() * Double(activeCount))]
  }

  /// Departments with an active person.
  var departmentCount: Int { departmentSet.nonzeroBitCount }

  private var departmentSet: UInt8 {
    var set: UInt8 = 0
    for person in present[..<activeCount] { set |= 1 << people[Int(person)].department.rawValue }
    if hasActiveChampion, let champion { set |= 1 << people[Int(champion)].department.rawValue }
    return set
  }

  /// How many of the account's departments, in its own order, hold anyone.
  private var departmentSpread: Int {
    let set = present.reduce(0 as UInt8) { $0 | 1 << people[Int($1)].department.rawValue }
    return (departments.lastIndex { set & (1 << $0.rawValue) != 0 } ?? 0) + 1
  }

  /// Notes that an anniversary has come.
  mutating func noteAnniversary() {
    departmentCounts.append(departmentCount)
    if departmentCounts.count > 4 { departmentCounts.removeFirst() }
  }

  /// Departments more than three anniversaries ago.
  var departmentsAdded: Int {
    guard let first = departmentCounts.first, let last = departmentCounts.last else { return 0 }
    return last - first
  }
}
