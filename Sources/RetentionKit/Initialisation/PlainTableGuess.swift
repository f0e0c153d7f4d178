import Configuration

/// A plain labelled table among the files of a folder: one row per customer, or per customer and
/// day, with a column that says what happened.
enum PlainTableGuess {
  /// The first table with a label.
  static func table(in samples: [TableSample]) -> (sample: TableSample, table: PlainTable)? {
    for sample in samples {
      guard let label = label(of: sample) else { continue }
      var table = PlainTable(file: sample.files[0], label: label.name)
      table.positive = positive(label)
      let ids = sample.columns.filter { column in
        ["customerid", "accountid", "userid", "clientid", "id", "customer", "account"]
          .contains(ColumnNaming(column.name).joined)
      }
      let days = sample.columns.first { $0.kind == .date && !$0.isUnique }
      if let id = ids.first {
        if id.isUnique || days == nil {
          table.id = id.name
        } else {
          // Several rows of an account: no fold may divide them, and time runs forward.
          table.id = id.name
          table.group = id.name
        }
      }
      if table.group != nil, let days { table.time = days.name }
      table.delimiter = sample.delimiterText ?? ","
      return (sample, table)
    }
    return nil
  }

  private static func label(of sample: TableSample) -> ColumnSample? {
    let outcomes = sample.columns.filter { $0.counts.count == 2 && !$0.isCapped }
    return outcomes.first { column in
      let naming = ColumnNaming(column.name)
      return naming.hasStem(["churn", "attrit"]) || naming.has("exited")
    }
      ?? outcomes.first {
        ["label", "target", "outcome", "y"].contains(ColumnNaming($0.name).joined)
      }
  }

  /// The value that says it happened, where it is not one that training finds for itself.
  private static func positive(_ label: ColumnSample) -> String? {
    let found = ["1", "yes", "true", "y", "t", "churned", "churn", "positive", "1.0"]
    let words = label.words
    if words.contains(where: { found.contains($0.lowercased()) }) { return nil }
    return words.first { ColumnNaming($0).hasStem(["churn", "left", "lost", "attrit", "exit"]) }
      ?? words.last
  }
}
