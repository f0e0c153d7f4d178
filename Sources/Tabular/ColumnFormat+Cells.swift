extension ColumnFormat {
  /// The instant in a single cell, in seconds since 1970; `nil` where it holds none.
  package func seconds(in cell: Span<UInt8>) -> Double? {
    let grammar = Timestamps(format: timestamp, timeZone: timeZone, mayBeMissing: true)
    switch grammar.read(cell, row: 0, columnName: "") {
    case .code(let code):
      return code.value(overPower: PackedCode.powersOfTen[code.places])
    case .value(let seconds), .noted(let seconds, _): return seconds.isFinite ? seconds : nil
    case .fault: return nil
    }
  }

  /// Whether a single cell has no value.
  package func isMissing(_ cell: Span<UInt8>) -> Bool {
    MissingToken.matches(cell)
      || nullValues.contains { text in
        let bytes = Array(text.utf8)
        return bytes.span.isEqual(to: cell)
      }
  }
}

extension Span<UInt8> {
  fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
    count == other.count && indices.allSatisfy { self[$0] == other[$0] }
  }
}
