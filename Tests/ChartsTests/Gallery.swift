import Charts
import Learning

/// Every chart on one page, with data as reports have them and with data as nobody wants them.
///
/// `Scripts/look Tests/ChartsTests/Golden/gallery.html` shows it.
enum Gallery {
  /// A section of the page.
  struct Section {
    var id: String
    var title: String
    var says: String
    var charts: [any Chart]
  }

  /// The page.
  static var html: String {
    let sections = realistic + [nasty]
    let contents = sections.map { "<li><a href=\"#\($0.id)\">\(Markup.text($0.title))</a></li>" }
    let main = sections.map { section in
      """
      <section id="\(section.id)"><h2>\(Markup.text(section.title))</h2>
      <p class="says">\(Markup.text(section.says))</p>
      <div class="charts">
      \(section.charts.map { $0.figure(note: note($0)) }.joined(separator: "\n"))
      </div></section>
      """
    }
    return """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Gallery of charts</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(PageParts.contentSecurityPolicy)">
      <style>\(PageParts.styleSheet)</style></head>
      <body>
      <header class="top"><h1>Churn within 90 days</h1>
      <p class="facts">Model of 2025-06-30 on 12,480 accounts of made-up data</p>
      <p class="verdict good">The model ranks well and its probabilities can be taken at their word: \
      of the tenth of accounts with the highest risk, 41 % left.</p>
      <div class="cards">\(cards)</div></header>
      <div class="page"><nav class="contents" aria-label="Contents"><h2>Contents</h2>
      <ol>\(contents.joined())</ol></nav>
      <main>
      \(main.joined(separator: "\n"))
      \(table)
      </main></div>
      <footer>Written by a test, from no customer's data.</footer>
      <script>\(PageParts.tableScript)</script></body></html>

      """
  }

  private static func note(_ chart: any Chart) -> String {
    switch chart.id {
    case "roc": "The further the line bends to the upper left, the better the ranking."
    case "calibration": "Markers on the dotted line: what was predicted is what happened."
    default: ""
    }
  }

  private static var cards: String {
    [
      ("Accounts", "12,480", "1,236 left"), ("ROC AUC", "0.842", "0.829 to 0.855"),
      ("Average precision", "0.468", "base rate 0.099"), ("Lift, top tenth", "4.1×", "3.8 to 4.4"),
      ("Log loss", "0.241", "base rate alone 0.323"), ("Revenue at risk", "1.24M EUR", "a year"),
    ].map { name, figure, range in
      "<div class=\"card\"><p class=\"name\">\(name)</p><p class=\"figure\">\(figure)</p>"
        + "<p class=\"range\">\(range)</p></div>"
    }.joined()
  }

  private static var table: String {
    var generator = SeededGenerator(seed: 7)
    let names = ["Acme & Sons", "<b>Bold</b> Ltd", "שלום בע״מ", "Zürich Öl", "O'Neil \"Q\""]
    let rows = (0..<40).map { index in
      let risk = generator.nextUnit()
      let money = (generator.nextUnit() * 90_000).rounded()
      return """
        <tr><th scope="row">\(Markup.text(names[index % names.count])) \(index)</th>\
        <td class="number" data-value="\(risk)">\(NumberText.percents([risk])[0])</td>\
        <td class="number" data-value="\(money)">\(NumberText.fixed(money, decimals: 0))</td>\
        <td>\(index % 3 == 0 ? "No event for 41 days; seats went from 20 to 12" : "Renews in May")</td>\
        <td>\(index % 4 == 0 ? Sparkline(
          id: "spark-\(index)", title: "Events a week",
          summary: "Events of the last twelve weeks.",
          values: (0..<12).map { _ in generator.nextUnit() }).svg : "")</td></tr>
        """
    }
    return """
      <section id="accounts"><h2>Accounts at risk</h2>
      <p class="says">Forty accounts, the one with the most to lose first.</p>
      <div class="table-box"><table class="sortable" data-filter="Find an account">
      <thead><tr><th scope="col">Account</th><th scope="col" class="number">Risk</th>\
      <th scope="col" class="number">Yearly revenue, EUR</th><th scope="col">Why</th>\
      <th scope="col">Events a week</th></tr></thead>
      <tbody>\(rows.joined(separator: "\n"))</tbody></table></div></section>
      """
  }
}
