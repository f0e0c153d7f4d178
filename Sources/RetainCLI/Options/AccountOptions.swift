import ArgumentParser
import RetentionKit

/// Which account is explained, and as of which day.
struct AccountOptions: ParsableArguments {
  @Option(help: "Explain this account of the table, or of the histories, alone.")
  var account: String?

  @Option(help: "With --config and --account, the day the account is looked at (YYYY-MM-DD).")
  var asOf: CalendarDay?

  /// Makes sure that the options fit what is explained.
  func check(table: String?, config: String?) throws {
    if account != nil, table == nil, config == nil {
      throw ValidationError(
        "--account needs what holds the account: add --table FILE, or --config FILE and --as-of DAY."
      )
    }
    if asOf != nil, account == nil || config == nil {
      throw ValidationError("--as-of goes with --config and --account.")
    }
    if account != nil, config != nil, asOf == nil {
      throw ValidationError("--config with --account needs --as-of, the day to look at.")
    }
  }
}
