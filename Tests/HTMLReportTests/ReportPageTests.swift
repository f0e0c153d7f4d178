import HTMLReport
import Testing

struct ReportPageTests {
  @Test func `x`() { #expect(ReportPage(title: "a<b", subtitle: "", tone: .good, headline: "").html.contains("a&lt;b")) }
}
