import Charts
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: PageLook.isPossible, Comment(rawValue: PageLook.isMissing)), .serialized)
struct LookTests {
  @Test func `a browser finds nothing wrong with the gallery`() throws {
    let page = ReferenceFiles.packageRoot.appending(path: "Tests/ChartsTests/Golden/gallery.html")
    let (complaints, exitCode) = try PageLook.run(page)
    #expect(complaints == [])
    #expect(exitCode == 0)
  }

  @Test func `each fault of a page is found`() throws {
    let folder = try TemporaryFolder()
    let page = folder.url.appending(path: "page.html")
    try Data(
      """
      <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Faults</title>
      <style>body { background: #fff; color: #000 }</style>
      <p style="color: #999">Faint</p><p>Torn \u{fffd}</p><p>Unknown \u{0378}</p>
      <div style="width: 2000px">Wide</div><p id="twice">A</p><p id="twice">B</p>
      <img src="https://retain.invalid/pixel.png" alt="">
      <svg width="300" height="60"><text x="250" y="20">Leaves the picture</text>
      <text x="0" y="40">One</text><text x="4" y="40">Other</text>
      <text x="0" y="55" style="font-size: 6px">Small</text><path d="MNaN 3"/></svg>
      <table><tr><td>No header</td></tr></table>
      <table class="sortable" data-filter="Find"><thead><tr><th>Idle</th></tr></thead>
      <tbody><tr><td data-value="2">2</td></tr><tr><td data-value="1">1</td></tr></tbody></table>
      <script>console.error("torn"); document.body.append(" scripted"); nothing();</script>
      """.utf8
    ).write(to: page)
    let (complaints, exitCode) = try PageLook.run(page)
    #expect(exitCode == 1)
    for fault in [
      "desktop, dark: the page stays light in dark mode", "'Faint' has a contrast of 2.85",
      "could not be read in 'Torn", "no glyph for U+378", "the page is", "wide on a screen of 375",
      "two elements have the id 'twice'", "asks for https://retain.invalid/pixel.png",
      "'Leaves the picture' leaves the chart", "'One' and 'Other' overlap",
      "'Small' in the chart without a title is 6.0 pixels high", "has a broken d",
      "has no role", "a chart has no title", "has no description", "a table has no headers",
      "the console has: torn", "a script failed: ReferenceError",
      "a table with 'Idle' does not sort by 'Idle'", "no field filters by 'Find'",
      "no JavaScript: 1 words are not there, such as 'scripted'",
    ] {
      #expect(complaints.contains { $0.contains(fault) }, "not found: \(fault)\n\(complaints)")
    }
  }

  @Test func `a page that is too large is found`() throws {
    let folder = try TemporaryFolder()
    let page = folder.url.appending(path: "page.html")
    let filling = String(repeating: "<!-- filling -->", count: 130_000)
    try Data("<!DOCTYPE html><title>Large</title><p>Large</p>\(filling)".utf8).write(to: page)
    let (complaints, _) = try PageLook.run(page)
    #expect(complaints.contains { $0.contains("bytes, more than 2000000") })
  }
}
