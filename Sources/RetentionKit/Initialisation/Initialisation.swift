import Configuration
import Diagnostics
import Files

/// A first `retain.yaml` for a folder of tables: what they are, what their columns mean, what can be
/// predicted and when.
public struct Initialisation: Sendable {
  /// A table that was recognised.
  public struct Table: Sendable, Encodable {
    /// What it is.
    public let source: String
    /// Its files, relative to the folder.
    public let files: [String]
    /// How many rows were looked at.
    public let rows: Int
    /// The file's column by our name.
    public let columns: [String: String]
    /// Columns of accounts that become features as they are.
    public let attributes: [String]
    /// Columns that are left out, by the reason.
    public let leftOut: [String: String]
  }

  /// The tables that were recognised.
  public let tables: [Table]
  /// Files that are not used, with the reason.
  public let unused: [(file: String, reason: String)]
  /// What a person should look at: the path of the key, and why.
  public let checks: [String]
  /// The targets that can be predicted.
  public let targets: [String]
  /// The days on which accounts are looked at, in words; `nil` where the data are too short.
  public let asOf: String?
  /// The plain labelled table, where there are no histories.
  public let plainTable: PlainTable?
  /// The text of the configuration.
  public let text: String
  /// Where it belongs.
  public let output: String

  /// The usual name of a configuration.
  public static let fileName = "retain.yaml"

  /// Looks at the tables of a folder; nothing is written.
  ///
  /// The first rows of each file are looked at in full, and up to 32 MB of it for the days that it
  /// reaches over.
  ///
  /// - Parameter output: The file to write; `retain.yaml` in the folder where `nil`.
  /// - Throws: `input.*` where the folder cannot be looked into or has no table;
  ///   `schema.missing_column` where none is recognised; what keeps the only tables from being read.
  public init(folder: String, output: String? = nil) throws(Diagnostic) {
    let survey = try FolderSurvey(folder)
    guard !survey.tables.isEmpty else {
      throw survey.refused.first
        ?? Diagnostic(
          .inputMissing, "the folder has no .csv, .tsv or .txt file", file: folder,
          hint: "name the folder of the exported tables")
    }
    let draft = try ConfigurationDraft(survey.tables)
    guard !draft.parts.isEmpty || draft.plain != nil else {
      throw Self.nothingRecognised(draft.rest[0], folder: folder)
    }
    self.output =
      output ?? (folder.hasSuffix("/") ? folder + Self.fileName : "\(folder)/\(Self.fileName)")
    text = draft.text(prefix: Self.prefix(from: self.output, to: folder))
    tables = draft.parts.map { Table($0) }
    unused =
      survey.refused.map { (file: $0.file ?? "", reason: $0.message) }
      + draft.rest.map {
        (
          file: $0.files.joined(separator: ", "),
          reason: "is no table that is known, or a second one of its kind"
        )
      }
    checks = draft.checks
    targets = draft.schedule.targets.map(\.name.rawValue)
    plainTable = draft.plain?.table
    asOf =
      switch draft.schedule.asOf {
      case .series(let first, let last, _)?: "the first of each month from \(first) to \(last)"
      case .days(let days)?: days.map(\.description).joined(separator: ", ")
      case .before?, nil: nil
      }
    // What is written can be read: a fault here would be ours, not that of the tables.
    do throws(Diagnostic) {
      _ = try RetentionConfiguration(text: text, path: self.output)
    } catch {
      throw Diagnostic(
        .internalFault, "the configuration that was drafted cannot be read: \(error.message)",
        file: self.output, line: error.line)
    }
  }

  /// Writes the configuration.
  ///
  /// - Parameter replacing: Whether a file that is there may be replaced.
  /// - Throws: `output.*`; `output.cannot_create` where a file is there that must stay.
  public func write(replacing: Bool) throws(Diagnostic) {
    guard replacing || InputFolder.kind(of: output) == nil else {
      throw Diagnostic(
        .outputCannotCreate, "is there already", file: output,
        hint: "add --force to replace it, or --output FILE to write another")
    }
    try OutputFile(path: output).write(Array(text.utf8))
  }

  private static func nothingRecognised(_ sample: TableSample, folder: String) -> Diagnostic {
    let names = sample.columns.prefix(8).map { displayText($0.name) }.joined(separator: ", ")
    return Diagnostic(
      .schemaMissingColumn, "no table was recognised: none has an account and a date, or a label",
      file: "\(folder)/\(sample.files[0])", line: 1,
      hint: "its columns are \(names)\(sample.columns.count > 8 ? ", ..." : ""); map them by hand")
  }

  /// What leads from the folder of the configuration to the tables.
  private static func prefix(from output: String, to folder: String) -> String {
    let own = RetentionConfiguration(path: output).folder
    let tables = InputFolder.realPath(of: folder) ?? folder
    guard let from = InputFolder.realPath(of: own), from != tables else { return "" }
    let below = from == "/" ? "/" : from + "/"
    return (tables.hasPrefix(below) ? String(tables.dropFirst(below.count)) : tables) + "/"
  }
}

extension Initialisation.Table {
  fileprivate init(_ part: ConfigurationDraft.Part) {
    source = part.table.source.rawValue
    files = part.table.sample.files
    rows = part.table.sample.rowCount
    columns = part.table.columns
    attributes = part.use.attributes
    leftOut = Dictionary(part.use.leftOut.map { ($0.column, $0.reason) }) { first, _ in first }
  }
}
