import Evaluation
import Testing

@Suite struct SegmentTests {
  private let rows = SampleRows(seed: 9, count: 700)

  /// 400 rows of `big`, 220 of `middle`, 40 each of two small levels, some without a level.
  private var levels: [String?] {
    rows.labels.indices.map { row in
      row < 400 ? "big" : row < 580 ? "middle" : row < 630 ? "b" : row < 680 ? "a" : nil
    }
  }

  private func segments(_ rows: SampleRows, _ levels: [String?]) -> SegmentEvaluation {
    SegmentEvaluation(
      column: "plan", levels: levels, probabilities: rows.probabilities, labels: rows.labels,
      bootstrap: Bootstrap(resampleCount: 40))
  }

  @Test func `a level has the figures of its rows alone, and small ones are judged together`() {
    let result = segments(rows, levels)
    #expect(result.segments.map(\.level) == ["big", "middle"])
    #expect(
      result.segments[0].summary
        == EvaluationSummary(
          probabilities: Array(rows.probabilities.prefix(400)),
          labels: Array(rows.labels.prefix(400)), bootstrap: Bootstrap(resampleCount: 40)))
    #expect(result.tooSmall.map(\.level) == ["a", "b", nil])
    #expect(result.tooSmall.map(\.rows) == [50, 50, 20])
    #expect(result.others?.rows == 120)
    let parts = result.segments.map(\.summary.positives) + result.tooSmall.map(\.positives)
    #expect(parts.reduce(0, +) == rows.labels.count(where: \.self))
  }

  @Test func `a level of one outcome is too small, however many rows it has`() {
    let result = SegmentEvaluation(
      column: "plan", levels: rows.labels.map { $0 ? "left" : "stayed" },
      probabilities: rows.probabilities, labels: rows.labels,
      bootstrap: Bootstrap(resampleCount: 10))
    #expect(result.segments.isEmpty)
    #expect(Set(result.tooSmall.map(\.level)) == ["left", "stayed"])
    #expect(result.others?.rows == 700)
  }

  @Test func `the order of rows changes nothing, and no rows are no segments`() {
    var order = Array(rows.labels.indices)
    order.reverse()
    var turned = rows
    turned.probabilities = order.map { rows.probabilities[$0] }
    turned.labels = order.map { rows.labels[$0] }
    #expect(segments(turned, order.map { levels[$0] }) == segments(rows, levels))
    let nothing = SegmentEvaluation(column: "plan", levels: [], probabilities: [], labels: [])
    #expect(nothing.segments.isEmpty && nothing.tooSmall.isEmpty && nothing.others == nil)
  }
}
