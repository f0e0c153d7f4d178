import ArgumentParser
import Logging
import RetentionKit

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(
    help:
      "How many threads may work. Results never depend on it. (default: the processors, up to 8)")
  var threads: Int?

  @Option(help: "How errors are printed: text or json.")
  var errors: ErrorFormat = .text

  /// The threads to use.
  var threadCount: Int { min(threads ?? Machine.defaultThreadCount, Self.mostThreads) }

  private static let mostThreads = 256

  func validate() throws {
    guard let threads else { return }
    guard threads >= 1 else {
      throw ValidationError("--threads is \(threads), expected at least 1.")
    }
    if threads > Self.mostThreads {
      Logger.retain.warning(
        "--threads is \(threads); using \(Self.mostThreads), the most there are")
    }
  }
}

extension ErrorFormat: ExpressibleByArgument {}

/// A table, and how to read it.
struct TableOptions: ParsableArguments {
  @Option(
    help: "The CSV file; - is standard input, a name in .gz is decompressed. Or a columnar table.")
  var table: String

  @OptionGroup(title: "Reading") var reading: ReadingOptions
}

/// A number, or a word that means none.
struct CountOr: ExpressibleByArgument {
  /// The number; `nil` for none.
  var count: Int?

  init(_ count: Int?) { self.count = count }

  init?(argument: String) {
    if argument == "none" || argument == "off" {
      count = nil
    } else if let count = Int(argument), count > 0 {
      self.count = count
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { count.map { "\($0)" } ?? "none" }
}

/// Column names, separated by commas; a name that holds a comma is put in double quotes.
struct ColumnNames: ExpressibleByArgument {
  var names: [String]

  init?(argument: String) {
    names = []
    var name = ""
    var isQuoted = false
    for character in argument {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted:
        names.append(name)
        name = ""
      default: name.append(character)
      }
    }
    names.append(name)
    if isQuoted || names.contains("") { return nil }
  }
}

/// A column and the direction in which it may move the score.
struct MonotoneConstraint: ExpressibleByArgument {
  var column: String
  var sign: Int

  init?(argument: String) {
    guard let equals = argument.lastIndex(of: "="),
      let sign = Int(argument[argument.index(after: equals)...]), [-1, 1].contains(sign)
    else { return nil }
    column = String(argument[..<equals])
    self.sign = sign
  }
}

/// `auto`, `none`, or a column and its shape in a logistic regression.
enum ShapeArgument: ExpressibleByArgument {
  case all(isDecided: Bool)
  case column(String, ColumnTreatment.Shape)

  init?(argument: String) {
    switch argument {
    case "auto": self = .all(isDecided: true)
    case "none": self = .all(isDecided: false)
    default:
      guard let equals = argument.lastIndex(of: "="),
        let shape = ColumnTreatment.Shape(
          rawValue: String(argument[argument.index(after: equals)...]))
      else { return nil }
      self = .column(String(argument[..<equals]), shape)
    }
  }
}

/// `auto`, `none`, or a category that is encoded in a logistic regression (`=no` for one that is not).
enum EncodingArgument: ExpressibleByArgument {
  case all(isDecided: Bool)
  case column(String, Bool)

  init?(argument: String) {
    switch argument {
    case "auto": self = .all(isDecided: true)
    case "none": self = .all(isDecided: false)
    case _ where argument.hasSuffix("=no"): self = .column(String(argument.dropLast(3)), false)
    default: self = .column(argument, true)
    }
  }
}
