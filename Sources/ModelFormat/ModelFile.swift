import Crypto
import Diagnostics
import Files
import Scoring

/// A model in a file, and the name that its bytes give it.
///
/// `Docs/Formats/Model.md` is the specification.
public struct ModelFile: Sendable {
  /// The model.
  public let model: RetentionModel
  /// The first 16 hexadecimal digits of the SHA-256 of the file: two files with one id are one
  /// model.
  public let id: String
  /// The size of the file.
  public let byteCount: Int
  /// What the one who uses the file should know of it.
  public let warnings: [String]

  /// Reads a model.
  ///
  /// - Throws: `input.*` where the file cannot be read; `model.*` where it is not a sound model.
  public init(path: String) throws(Diagnostic) {
    let file = try InputFile(path: path)
    let bytes = try file.contents(
      limit: ModelLimits.fileByteCount,
      tooLarge: Diagnostic(
        .modelLimit, "is larger than \(ModelLimits.fileByteCount) bytes", file: path))
    do {
      try self.init(bytes: bytes)
    } catch {
      var located = error
      located.file = path
      throw located
    }
  }

  /// Reads a model from the bytes of a file.
  ///
  /// - Throws: `model.*` where they are not a sound model.
  public init(bytes: [UInt8]) throws(Diagnostic) {
    let container = try ModelContainer(reading: bytes)
    model = try Version1.model(from: container)
    id = Self.id(of: bytes)
    byteCount = bytes.count
    warnings =
      container.minor > ModelContainer.minor
      ? [
        "the model has format version \(ModelContainer.major).\(container.minor), this release "
          + "knows \(ModelContainer.major).\(ModelContainer.minor): what the newer one adds is "
          + "passed over"
      ] : []
  }

  /// Writes a model; only the owner may read the file.
  ///
  /// - Returns: The model with its id.
  /// - Throws: `output.*`; an older file of this name is then still there.
  public static func write(_ model: RetentionModel, to path: String) throws(Diagnostic) -> ModelFile
  {
    let bytes = bytes(of: model)
    let file = try ModelFile(bytes: bytes)
    try OutputFile(path: path, isPrivate: true).write(bytes)
    return file
  }

  /// The bytes of a model's file, for a writer of several files that are there together or not at
  /// all.
  public static func bytes(of model: RetentionModel) -> [UInt8] {
    Version1.container(of: model).bytes
  }

  /// The first 16 hexadecimal digits of the SHA-256 of bytes.
  package static func id(of bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).prefix(8).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
