import Reporting
import Tabular

extension RowCounts {
  /// What became of the rows, on a line; empty where all are good.
  public var text: String {
    rejected == 0
      ? ""
      : "\(Numbers.count(read, "row")) read, \(Numbers.count(accepted)) accepted, "
        + "\(Numbers.count(rejected)) rejected\n"
  }
}
