import Foundation
import TestSupport
import Testing

/// What the command does with its streams, its help and its time.
struct ConsoleTests {
  private static let subcommands = [
    "train", "evaluate", "score", "explain", "inspect", "demo", "synth",
  ]

  @Test(arguments: subcommands)
  func `help has an example that the command would take`(subcommand: String) throws {
    let run = try RetainProcess.run(subcommand, "--help")
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    #expect(run.text.contains("Example: retain \(subcommand) "))
    #expect(run.text.contains("--json"))
    #expect(run.text.contains("--threads"))
  }

  @Test func `help lists the commands`() throws {
    let run = try RetainProcess.run("--help")
    #expect(run.exitCode == 0)
    for subcommand in Self.subcommands { #expect(run.text.contains("\n  \(subcommand) ")) }
  }

  @Test func `the verbose version names the linear algebra and its kernels`() throws {
    let run = try RetainProcess.run("--version", "--verbose")
    #expect(run.exitCode == 0)
    #expect(
      run.text.wholeMatch(
        of:
          /retain [0-9.]+\nlinear algebra  (OpenBLAS .* kernels.*|Accelerate)\nvectors         .*\n/
      )
        != nil, "\(run.text)")
    #if arch(x86_64) && os(Linux)
      // Whoever names the kernels gets them.
      let named = try RetainProcess.run(
        ["--version", "--verbose"], environment: ["OPENBLAS_CORETYPE": "Prescott"])
      #expect(named.text.contains("Prescott kernels\n"))
    #endif
  }

  @Test func `the version is three numbers`() throws {
    let run = try RetainProcess.run("--version")
    #expect(run.exitCode == 0)
    #expect(run.text.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil, "\(run.text)")
    let card = try RetainProcess.run("inspect", try trained(), "--json").json
    #expect(card["release"] as? String == run.text.dropLast().description)
  }

  @Test func `where nobody watches there is no progress and no escape code`() throws {
    let folder = try TemporaryFolder()
    let runs = [
      try RetainProcess.run(
        "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", "best",
        "--output", folder.path("m.retain")),
      try RetainProcess.run("evaluate", try trained(), "--table", ShippedData.trainingTable),
      try RetainProcess.run(
        "score", try trained(), "--table", ShippedData.heldOutTable, "--output",
        folder.path("s.csv")),
      try RetainProcess.run("explain", try trained(), "--table", ShippedData.heldOutTable),
      try RetainProcess.run("inspect", try trained()),
    ]
    for run in runs {
      #expect(run.exitCode == 0)
      #expect(run.errorLines.allSatisfy { $0.hasPrefix("retain: ") }, "\(run.errors)")
      for text in [run.text, run.errors] {
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\r" })
      }
      #expect(run.text.hasSuffix("\n"))
    }
  }

  /// Commands that print a little, and much.
  private func printingCommands() throws -> [[String]] {
    [
      ["inspect", try trained()],
      ["score", try trained(), "--table", ShippedData.heldOutTable],
      ["evaluate", try trained(), "--table", ShippedData.heldOutTable, "--json"],
    ]
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a full standard output is an I/O error, not silence`() throws {
    for command in try printingCommands() {
      let run = try RetainProcess.run(command, output: .path("/dev/full"))
      #expect(!run.wasSignalled && run.exitCode == 74, "\(command[0])")
      #expect(run.errors.contains("retain: error[output.failed]: standard output: "))
      #expect(run.errors.contains("No space left on device"))
    }
  }

  @Test func `a closed standard output is an I/O error, not a signal`() throws {
    for command in try printingCommands() {
      let run = try RetainProcess.run(command, output: .closedPipe)
      #expect(!run.wasSignalled && run.exitCode == 74, "\(command[0])")
      #expect(run.errors.contains("Broken pipe"))
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a full device as the score file is an I/O error and stays a device`() throws {
    let run = try RetainProcess.run(
      "score", try trained(), "--table", ShippedData.heldOutTable, "--output", "/dev/full")
    #expect(run.exitCode == 74)
    #expect(run.errors.contains("error[output.failed]: /dev/full: "))
    let attributes = try FileManager.default.attributesOfItem(atPath: "/dev/full")
    #expect(attributes[.type] as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test func `help is there in a moment`() throws {
    // The best of three medians: other work on the machine is not the command's fault.
    let medians = try (0..<3).map { _ in
      let times = try (0..<10).map { _ in
        let start = ContinuousClock.now
        let run = try RetainProcess.run("--help")
        #expect(run.exitCode == 0)
        return (ContinuousClock.now - start) / .milliseconds(1)
      }
      return times.sorted()[5]
    }
    let median = medians.min()!
    print("retain --help: median \(Int(median.rounded())) ms of 10 runs, the process included")
    #expect(median < 100)
  }

  private func trained() throws -> String {
    #expect(try ShippedData.gbm.training.exitCode == 0)
    return ShippedData.gbm.model
  }
}
