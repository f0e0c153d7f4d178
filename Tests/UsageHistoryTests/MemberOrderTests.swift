import CivilCalendar
import Configuration
import Diagnostics
import TestSupport
import Testing
import UsageHistory

/// The members of an account, of whom some never did anything.
struct MemberOrderTests {
  @Test func `members are sorted by user although some have no events`() throws {
    let folder = try TemporaryFolder()
    let ids = (0..<40).map { "user-\($0)" }
    let users = ids.map { "\($0),a,sales,2024-01-01" }
    _ = try folder.write(
      (["user_id,account_id,department,created_at"] + users).joined(separator: "\n") + "\n",
      to: "users.csv")
    // Every third user acts, so that codes and users without one take turns in any order of ids.
    let events = ids.enumerated().filter { $0.offset.isMultiple(of: 3) }
      .map { "a,\($0.element),2024-02-01,login" }
    _ = try folder.write(
      (["account_id,user_id,ts,event"] + events).joined(separator: "\n") + "\n", to: "events.csv")
    _ = try folder.write("account_id,created_at\na,2024-01-01\n", to: "accounts.csv")
    var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
    configuration.sources[.accounts] = TableSource(files: ["accounts.csv"])
    configuration.sources[.users] = TableSource(files: ["users.csv"])
    configuration.sources[.events] = TableSource(files: ["events.csv"])
    let members = try HistoryReader(configuration, threads: 1).read().account(0).members
    let codes = members.map(\.user)
    #expect(codes == codes.sorted())
    #expect(codes.count { $0 == 0 } == 26)
    #expect(Set(codes).count == 15)
  }
}
