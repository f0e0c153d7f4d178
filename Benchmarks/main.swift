import CivilCalendar
import Configuration
import Diagnostics
import Synchronization
import UsageHistory

let folder = CommandLine.arguments[1]
let threads = Int(CommandLine.arguments[2])!
var configuration = RetentionConfiguration(path: folder + "/retain.yaml")
var accounts = TableSource(files: ["accounts.csv"])
accounts.columns = ["created_at": "signup_date", "segment": "segment"]
accounts.attributes = ["plan", "seats"]
configuration.asOf = .before(column: "renewal_date", days: 30)
var events = TableSource(files: ["events.csv"])
events.columns = ["account_id": "account_id", "user_id": "user_id", "ts": "timestamp", "event": "event_name", "value": "quantity"]
configuration.sources = [.accounts: accounts, .events: events]
let clock = ContinuousClock()
var t = clock.now
let history = try HistoryReader(configuration, threads: threads).read()
print("read", clock.now - t, history.report.tables.map { "\($0.name) \($0.rowCount) orphans \($0.orphanRowCount)" }, history.coverage)
t = clock.now
let sum = Mutex(0)
try history.forEachAccount(threads: threads, makeState: { 0 }) { state, account in
  state += account.activity.count
  let n = account.activity.count
  sum.withLock { $0 += n }
}
print("cells", clock.now - t, sum.withLock { $0 })
t = clock.now
try history.forEachAccount(threads: threads, makeState: { 0 }) { state, account in
  let view = HistoryView(of: account, asOf: CalendarDay(number: 19_800), events: history.dictionaries.events)
  let n = view.digest.users.count
  sum.withLock { $0 += n }
}
print("cells+digest", clock.now - t, sum.withLock { $0 })
