/// What is known of an account on an anniversary, before anything is decided: the values that the
/// drivers read, named after the features that a reader of the tables would compute.
struct AccountSigns {
  /// The last 28 days' pace of use over that of the 28 before.
  var usageRatio: Double?
  /// The last 28 days' pace over the highest of the last six anniversaries.
  var dropFromPeak: Double?
  /// Use of weeks 2 to 8 over that of week 1.
  var noveltyRatio: Double?
  /// Days since the champion did anything; `nil` where nobody ever was one.
  var championDaysSilent: Int?
  /// The share of agent runs that succeed.
  var agentSuccess: Double?
  var failedPayments84: Int
  /// Days until a yearly contract is renewed, in months of 30 days.
  var daysToRenewal: Int?
  var renewsByItself: Bool
  var ticketsPerSeat28: Double
  /// Days since the account was opened.
  var age: Int
  /// The share of the tier's capabilities that were taken up.
  var featureDepth: Double
  /// Calls a month over the tier's limit.
  var limitUtilisation: Double
  var gateHits28: Int
  /// Active people over paid seats.
  var seatUtilisation: Double
  /// Departments with an active person, more than three months ago.
  var departmentsAdded: Int
}
