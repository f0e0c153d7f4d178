/// A page to be read: a verdict, key figures, and sections of text, pictures and tables.
///
/// It holds texts and drawn pictures that are ready to be shown, and decides nothing. All texts are plain:
/// ``html`` escapes them.
public struct ReportPage: Sendable {
  /// How good the news is, which colours the verdict.
  public enum Tone: String, Sendable {
    /// What was hoped for.
    case good
    /// Not all that was hoped for, or not enough is known.
    case unsure
    /// Not fit for use.
    case bad
  }

  /// The title of the page.
  public var title: String
  /// What it is of, in a line below the title.
  public var subtitle: String
  /// How good the news is.
  public var tone: Tone
  /// The news in one sentence.
  public var headline: String
  /// What the sentence comes from, in sentences.
  public var findings: [String]
  /// What to do next, in sentences.
  public var advice: [String]
  /// The numbers that matter most.
  public var figures: [KeyFigure]
  /// The sections, in order.
  public var sections: [ReportSection]
  /// What is not on the page, and why.
  public var omissions: [Omission]
  /// The last line.
  public var footer: String

  /// Puts a page together.
  public init(
    title: String, subtitle: String, tone: Tone, headline: String, findings: [String] = [],
    advice: [String] = [], figures: [KeyFigure] = [], sections: [ReportSection] = [],
    omissions: [Omission] = [], footer: String = ""
  ) {
    self.title = title
    self.subtitle = subtitle
    self.tone = tone
    self.headline = headline
    self.findings = findings
    self.advice = advice
    self.figures = figures
    self.sections = sections
    self.omissions = omissions
    self.footer = footer
  }

  /// A number on a card of its own.
  public struct KeyFigure: Sendable, Equatable {
    /// What it is.
    public var name: String
    /// The number.
    public var value: String
    /// Its interval; `nil` without one.
    public var interval: String?
    /// What it means, in a few words.
    public var note: String

    /// Puts a card together.
    public init(name: String, value: String, interval: String? = nil, note: String) {
      self.name = name
      self.value = value
      self.interval = interval
      self.note = note
    }
  }

  /// A section that is not on the page.
  public struct Omission: Sendable, Equatable {
    /// The section's title.
    public var title: String
    /// Why it is not there, as a sentence.
    public var reason: String

    /// Puts the two together.
    public init(title: String, reason: String) {
      self.title = title
      self.reason = reason
    }
  }
}

/// A part of the page under one heading.
public struct ReportSection: Sendable {
  /// The name that links to it go by: letters, digits and hyphens.
  public var id: String
  /// The heading.
  public var title: String
  /// What the section says, in a sentence.
  public var statement: String
  /// What there is to see, in order.
  public var blocks: [ReportBlock]
  /// How to read it, for those who have not seen one before; empty where it needs no words.
  public var guide: String

  /// Puts a section together.
  ///
  /// - Precondition: `id` holds only letters, digits and hyphens.
  public init(
    id: String, title: String, statement: String, blocks: [ReportBlock], guide: String = ""
  ) {
    precondition(
      !id.isEmpty
        && id.utf8.allSatisfy { $0 == 45 || (48...57).contains($0) || (97...122).contains($0) },
      "'\(id)' is no id")
    self.id = id
    self.title = title
    self.statement = statement
    self.blocks = blocks
    self.guide = guide
  }
}

/// One thing to look at.
public indirect enum ReportBlock: Sendable {
  /// A heading within a section.
  case heading(String)
  /// A paragraph.
  case paragraph(String)
  /// Lines with a dot before each.
  case list([String])
  /// Pictures side by side where there is room: the figures of charts, their texts escaped.
  case figures([String])
  /// Small pictures, each in a line with a name and a note.
  case lines([Line])
  /// A table.
  case table(ReportTable)
  /// Names and what they are.
  case facts([Fact])
  /// What is shown when its title is clicked.
  case folded(title: String, [ReportBlock])
  /// Blocks in a frame with a heading, such as one account.
  case card(title: String, [ReportBlock])

  /// A small picture in a line.
  public struct Line: Sendable, Equatable {
    /// What it shows.
    public var name: String
    /// Markup that draws it, its texts escaped.
    public var markup: String
    /// What it says, in a few words.
    public var note: String

    /// Puts a line together.
    public init(name: String, markup: String, note: String) {
      self.name = name
      self.markup = markup
      self.note = note
    }
  }

  /// A name and what it is.
  public struct Fact: Sendable, Equatable {
    /// The name.
    public var name: String
    /// What it is.
    public var value: String

    /// Puts the two together.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }
}

/// Rows under headings.
public struct ReportTable: Sendable {
  /// A column.
  public struct Column: Sendable, Equatable {
    /// Its heading.
    public var title: String
    /// What it holds.
    public var content: Content

    /// What a column holds.
    public enum Content: Sendable {
      /// A few words.
      case words
      /// Whole sentences, which need room.
      case sentences
      /// Numbers, which stand to the right.
      case numbers
    }

    /// A column of words.
    public static func words(_ title: String) -> Column { Column(title: title, content: .words) }
    /// A column of sentences.
    public static func sentences(_ title: String) -> Column {
      Column(title: title, content: .sentences)
    }
    /// A column of numbers.
    public static func number(_ title: String) -> Column { Column(title: title, content: .numbers) }
  }

  /// A cell.
  public struct Cell: Sendable, Equatable, ExpressibleByStringLiteral {
    /// What it shows.
    public var text: String
    /// What it is sorted by, where that is not its text.
    public var sortValue: Double?

    /// A cell.
    public init(_ text: String, sortedBy value: Double? = nil) {
      self.text = text
      sortValue = value
    }

    /// A cell of words.
    public init(stringLiteral text: String) { self.init(text) }
  }

  /// What the table shows, for those who cannot see it.
  public var caption: String
  /// The columns.
  public var columns: [Column]
  /// The rows, each with as many cells as there are columns.
  public var rows: [[Cell]]
  /// Whether a click on a heading sorts, and words can be looked for.
  public var isInteractive: Bool

  /// Begins a table.
  public init(caption: String, columns: [Column], rows: [[Cell]] = [], isInteractive: Bool = false)
  {
    self.caption = caption
    self.columns = columns
    self.rows = []
    self.isInteractive = isInteractive
    for row in rows { add(row) }
  }

  /// Adds a row.
  ///
  /// - Precondition: It has a cell for each column.
  public mutating func add(_ cells: [Cell]) {
    precondition(
      cells.count == columns.count, "\(cells.count) cells for \(columns.count) columns")
    rows.append(cells)
  }
}
