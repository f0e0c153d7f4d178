import CivilCalendar
import Configuration
import Diagnostics
import Features
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
configuration.features.counts = .raw
configuration.features.windows = [7, 28, 84]
configuration.features.keyEvents = history.dictionaries.events.names
var rows: [PanelRow] = []
let dates = try history.map(threads: threads) { $0.profile.scheduleDateForBench }
for (account, date) in dates.enumerated() { if let date { rows.append(PanelRow(account: account, asOf: date - 30)) } }
print("dates", clock.now - t, rows.count)
t = clock.now
let (panel, recipe) = try FeaturePanel.fitted(rows, of: history, settings: configuration.features, dictionaries: history.dictionaries, threads: threads)
print("features", clock.now - t, panel.matrix.features.count, panel.matrix.features.map(\.name).joined(separator: " "))
