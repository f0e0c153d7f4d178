import Foundation

/// Runs `Scripts/look` on pages: the check in a browser of what the eye and the reader need.
public enum PageLook {
  /// Whether there is a browser to look with.
  public static let isPossible: Bool = {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { folder in
      names.contains { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
  }()

  /// What a skipped test says; for `.enabled(if: PageLook.isPossible, ...)`.
  public static let isMissing =
    "skipped: there is no Chromium to look at pages with (Scripts/setup --browser)"

  /// What `Scripts/look` complains of, a line each, and how it ended.
  public static func run(_ page: URL) throws -> (complaints: [String], exitCode: Int32) {
    let process = Process()
    process.executableURL = ReferenceFiles.packageRoot.appending(path: "Scripts/look")
    process.arguments = [page.path, "--no-pictures"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (text.split(separator: "\n").map(String.init), process.terminationStatus)
  }
}
