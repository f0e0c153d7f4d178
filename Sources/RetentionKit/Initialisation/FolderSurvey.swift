import Diagnostics
import Files

/// The tables of a folder, and the files of it that are none.
struct FolderSurvey {
  /// The tables; files with one header are one table.
  private(set) var tables: [TableSample] = []
  /// Files that were not understood, and why.
  private(set) var refused: [Diagnostic] = []

  /// The most files that are looked at.
  static let fileLimit = 500

  private static let endings = [".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz"]

  /// Looks at the files of a folder and of the folders in it, whose names end as tables' do.
  ///
  /// - Throws: `input.missing` or `input.unreadable`, where the folder cannot be looked into.
  init(_ folder: String) throws(Diagnostic) {
    var names: [String] = []
    for name in try InputFolder.names(in: folder) {
      switch InputFolder.kind(of: "\(folder)/\(name)") {
      case .file? where Self.isTableName(name): names.append(name)
      case .folder?:
        let inner = (try? InputFolder.names(in: "\(folder)/\(name)")) ?? []
        names += inner.filter(Self.isTableName).map { "\(name)/\($0)" }
          .filter { InputFolder.kind(of: "\(folder)/\($0)") == .file }
      default: break
      }
    }
    for name in names.prefix(Self.fileLimit) {
      do throws(Diagnostic) {
        add(try TableSample(path: "\(folder)/\(name)", name: name))
      } catch {
        refused.append(error)
      }
    }
    for name in names.dropFirst(Self.fileLimit) {
      refused.append(
        Diagnostic(
          .usage, "was not looked at: there are more than \(Self.fileLimit) files",
          file: "\(folder)/\(name)"))
    }
  }

  private static func isTableName(_ name: String) -> Bool {
    endings.contains { name.lowercased().hasSuffix($0) }
  }

  /// Adds a table; a file with the header of another continues it.
  private mutating func add(_ table: TableSample) {
    let names = table.columns.map(\.name)
    let index = tables.firstIndex { other in
      other.columns.map(\.name) == names && other.delimiter == table.delimiter
        && Self.stem(other.files[0]) == Self.stem(table.files[0])
    }
    if let index { tables[index].join(table) } else { tables.append(table) }
  }

  /// A file's name without digits and what is between its words: `subs-2023.csv` and
  /// `subs-2024.csv` are parts of one table, `accounts.csv` and `accounts_old.csv` are not.
  private static func stem(_ file: String) -> String {
    ColumnNaming(file).words.map { $0.filter { !$0.isNumber } }.filter { !$0.isEmpty }.joined()
  }
}
