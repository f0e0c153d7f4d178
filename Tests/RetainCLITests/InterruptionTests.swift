import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A real process and a real Ctrl-C.
struct InterruptionTests {
  private let folder: TemporaryFolder
  private let table: String

  init() throws {
    folder = try TemporaryFolder()
    table = try folder.write(TableText.customers(rowCount: 3000, seed: 62).csv, to: "table.csv")
  }

  /// Trains far longer than a test may take, unless it is interrupted.
  ///
  /// - Parameter delays: Seconds before each SIGINT.
  private func train(_ more: [String], delays: [Double], cv: String = "none") throws
    -> (run: RetainRun, seconds: Double)
  {
    guard let executable = RetainProcess.executable else { throw RetainProcess.NotBuilt() }
    let errors = folder.url.appending(path: "errors")
    let output = folder.url.appending(path: "output")
    for file in [errors, output] { try Data().write(to: file) }
    let process = Process()
    process.executableURL = executable
    process.arguments =
      [
        "train", "--table", table, "--label", "churned", "--learner", "gbm", "--trees", "100000",
        "--early-stopping", "off", "--cv", cv, "--json",
        "--output", folder.path("m.retain"),
      ] + more
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    let clock = ContinuousClock()
    let start = clock.now
    try process.run()
    for delay in delays {
      guard ended.wait(timeout: .now() + delay) == .timedOut else { break }
      kill(process.processIdentifier, SIGINT)
    }
    guard ended.wait(timeout: .now() + 60) == .success else {
      kill(process.processIdentifier, SIGKILL)
      throw RetainProcess.TookTooLong(arguments: process.arguments ?? [])
    }
    let run = RetainRun(
      output: try Data(contentsOf: output),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
      exitCode: process.terminationStatus, wasSignalled: process.terminationReason != .exit)
    return (run, (clock.now - start) / .seconds(1))
  }

  /// What the run left beside what the test itself wrote.
  private func leftovers() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
      .filter { !["table.csv", "errors", "output"].contains($0) }
  }

  @Test func `the first Ctrl-C ends the run and leaves no file`() throws {
    let (run, _) = try train([], delays: [3])
    #expect(run.exitCode == 130 && !run.wasSignalled)
    #expect(run.errors == "retain: interrupted\n")
    #expect(run.output.isEmpty)
    #expect(try leftovers().isEmpty)
  }

  @Test func `with keep, it ends growing, and the model is there`() throws {
    let (run, _) = try train(["--on-interrupt", "keep"], delays: [4])
    #expect(run.exitCode == 0, "\(run.errors)")
    let trees = Int(try #require(run.json["trees"] as? Double))
    #expect(trees > 0 && trees < 100_000)
    #expect(run.errors.contains("training was interrupted: the model has the \(trees) trees"))
    #expect(try leftovers().sorted() == ["m.card.json", "m.card.md", "m.retain"])
    let scores = try RetainProcess.run(
      "score", folder.path("m.retain"), "--table", table, "--reasons", "0")
    #expect(scores.exitCode == 0)
  }

  @Test func `with keep, before there is a model to keep, it ends the run`() throws {
    let (run, _) = try train(["--on-interrupt", "keep"], delays: [3], cv: "5")
    #expect(run.exitCode == 130 && !run.wasSignalled)
    #expect(try leftovers().isEmpty)
  }

  @Test func `a file that was begun is removed`() throws {
    guard let executable = RetainProcess.executable else { throw RetainProcess.NotBuilt() }
    let errors = folder.url.appending(path: "errors")
    try Data().write(to: errors)
    let process = Process()
    process.executableURL = executable
    process.arguments = [
      "train", "--table", "-", "--label", "churned", "--on-bad-row", "skip", "--max-bad-rows",
      "50%",
      "--rejects", folder.path("r.csv"), "--output", folder.path("m.retain"),
    ]
    let pipe = Pipe()
    for end in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
      _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errors)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    // The table never ends, and its rejects are on their way.
    var text = TableText.customers(rowCount: 3000, seed: 63).csv
    for row in 0..<500 { text += "acct_x\(row),1\n" }
    try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    let isFinished = ended.wait(timeout: .now() + 3) == .success
    #expect(!isFinished)
    kill(process.processIdentifier, SIGINT)
    guard ended.wait(timeout: .now() + 60) == .success else {
      kill(process.processIdentifier, SIGKILL)
      throw RetainProcess.TookTooLong(arguments: process.arguments ?? [])
    }
    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(try leftovers().isEmpty)
    try pipe.fileHandleForWriting.close()
  }

  @Test func `progress is for terminals: nothing of it reaches a file`() throws {
    let run = try RetainProcess.run(
      "train", "--table", table, "--label", "churned", "--learner", "gbm", "--trees", "5",
      "--output", folder.path("m.retain"))
    #expect(run.exitCode == 0)
    #expect(!run.errors.contains("loss") && !run.errors.contains("\r"))
  }
}
