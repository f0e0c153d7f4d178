import Dispatch
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What one run of the built `retain` printed, and how it ended.
struct RetainRun {
  /// Standard output.
  var output: Data
  /// Standard error.
  var errors: String
  /// The exit code.
  var exitCode: Int32
  /// Whether a signal ended the process; `exitCode` is then the signal.
  var wasSignalled: Bool

  /// Standard output as text.
  var text: String { String(decoding: output, as: UTF8.self) }

  /// Standard output as a JSON object.
  var json: [String: Any] { JSONContent.of(output) as? [String: Any] ?? [:] }

  /// Standard output as a JSON list of objects.
  var jsonList: [[String: Any]] { JSONContent.of(output) as? [[String: Any]] ?? [] }

  /// Standard error as a JSON object.
  var errorJSON: [String: Any] { JSONContent.of(Data(errors.utf8)) as? [String: Any] ?? [:] }

  /// The lines of standard error.
  var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
}

/// Runs the `retain` that was built with the tests.
enum RetainProcess {
  /// Where standard output leads.
  enum Output {
    /// Kept for the test.
    case kept
    /// A file or a device.
    case path(String)
    /// A pipe that nobody reads.
    case closedPipe
  }

  /// Where standard input comes from.
  enum Input {
    /// Nothing.
    case empty
    /// A file.
    case file(String)
    /// A pipe that somebody writes these bytes to.
    case pipe(Data)
  }

  struct NotBuilt: Error, CustomStringConvertible {
    var description: String { "no executable 'retain' beside the tests: run 'swift build' first" }
  }

  struct TookTooLong: Error {
    var arguments: [String]
  }

  /// The built executable: beside the test bundle, or in a folder above it.
  static let executable: URL? = {
    let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
    let starts = [URL(filePath: CommandLine.arguments[0])] + bundles
    for start in starts {
      var folder = start.deletingLastPathComponent()
      for _ in 0..<4 {
        let file = folder.appending(path: "retain")
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory),
          !isDirectory.boolValue, FileManager.default.isExecutableFile(atPath: file.path)
        {
          return file
        }
        folder.deleteLastPathComponent()
      }
    }
    return nil
  }()

  /// Runs the command to its end.
  ///
  /// - Parameter dataLimit: The most bytes of memory of its own that the process may have; pages of
  ///   files are not counted. Linux alone holds it to that.
  /// - Throws: ``TookTooLong`` after `seconds`; the process is then killed.
  static func run(
    _ arguments: [String], output: Output = .kept, input: Input = .empty, in folder: String? = nil,
    environment: [String: String] = [:], seconds: Double = 120, dataLimit: Int? = nil
  ) throws -> RetainRun {
    guard let executable else { throw NotBuilt() }
    let scratch = try ScratchFiles()
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    if let dataLimit {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments =
        ["-c", "ulimit -c 0; ulimit -d \(dataLimit >> 10); exec \"$0\" \"$@\"", executable.path]
        + arguments
    }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.environment = ProcessInfo.processInfo.environment
      .merging(environment) { _, added in added }
    var feeder: Thread?
    switch input {
    case .empty: process.standardInput = FileHandle.nullDevice
    case .file(let path):
      process.standardInput = try FileHandle(forReadingFrom: URL(filePath: path))
    case .pipe(let bytes):
      let pipe = Pipe()
      // Else another test's process would hold the writing end, and the input never end.
      for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
        _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
      }
      process.standardInput = pipe
      feeder = Thread {
        try? pipe.fileHandleForWriting.write(contentsOf: bytes)
        try? pipe.fileHandleForWriting.close()
      }
    }
    process.standardError = try FileHandle(forWritingTo: scratch.errors)
    switch output {
    case .kept: process.standardOutput = try FileHandle(forWritingTo: scratch.output)
    case .path(let path):
      process.standardOutput = try FileHandle(forWritingTo: URL(filePath: path))
    case .closedPipe:
      // Closed on exec from the start, so that no other test's process holds the reading end.
      var ends: [Int32] = [-1, -1]
      precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      close(ends[0])
      process.standardOutput = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    }
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    feeder?.start()
    guard ended.wait(timeout: .now() + seconds) == .success else {
      kill(process.processIdentifier, SIGKILL)
      throw TookTooLong(arguments: arguments)
    }
    return RetainRun(
      output: try Data(contentsOf: scratch.output),
      errors: String(decoding: try Data(contentsOf: scratch.errors), as: UTF8.self),
      exitCode: process.terminationStatus, wasSignalled: process.terminationReason != .exit)
  }

  /// Runs the command to its end.
  static func run(_ arguments: String...) throws -> RetainRun { try run(arguments) }

  /// Two files for what a process prints: unlike pipes, they never fill up.
  private final class ScratchFiles {
    let output: URL
    let errors: URL

    init() throws {
      let stem = FileManager.default.temporaryDirectory
        .appending(path: "retain-run-\(UUID().uuidString)").path
      output = URL(filePath: stem + ".out")
      errors = URL(filePath: stem + ".err")
      for file in [output, errors] { try Data().write(to: file) }
    }

    deinit {
      for file in [output, errors] { try? FileManager.default.removeItem(at: file) }
    }
  }
}
