import Foundation

/// Files that tests read: stored reference outputs, and public data sets where they are at hand.
public enum ReferenceFiles {
  /// The root of the checkout.
  public static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The bytes of `Golden/NAME` beside the calling test file.
  public static func golden(_ name: String, testFile: String = #filePath) throws -> Data {
    let folder = URL(filePath: testFile).deletingLastPathComponent()
    return try Data(contentsOf: folder.appending(path: "Golden/\(name)"))
  }

  /// A stored reference output, decoded from JSON.
  public static func golden<Value: Decodable>(
    _ type: Value.Type, _ name: String, testFile: String = #filePath
  ) throws -> Value {
    try JSONDecoder().decode(type, from: golden(name, testFile: testFile))
  }

  /// The folder of public data sets beside the checkout, which a clone need not have.
  public static let publicData: URL? = {
    let folder = packageRoot.deletingLastPathComponent().appending(path: "shared/data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// What a skipped test says; for `.enabled(if: ReferenceFiles.publicData != nil, ...)`.
  public static let publicDataIsMissing =
    "skipped: the public data sets are not beside this checkout (../shared/data)"
}

/// A folder of its own for one test, removed with the value.
public final class TemporaryFolder {
  /// Where it is.
  public let url: URL

  /// Makes the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "retain-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file into the folder and returns its path.
  public func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  /// Writes a file into the folder and returns its path.
  public func write(_ data: Data, to name: String) throws -> String {
    let file = url.appending(path: name)
    try data.write(to: file)
    return file.path
  }

  /// The path that a file of this name would have in the folder.
  public func path(_ name: String) -> String { url.appending(path: name).path }
}
