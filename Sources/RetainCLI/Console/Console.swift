import LinearAlgebra
import Logging
import RetentionKit

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How errors are printed.
enum ErrorFormat: String, CaseIterable {
  /// One line and a hint.
  case text
  /// One JSON object on one line.
  case json
}

/// What the process does with the two standard streams and with its end.
enum Console {
  /// Errors that the system would otherwise turn into a silent end become errors of ours.
  static func prepare() {
    // A closed pipe is then a failed write, a full quota as well.
    _ = signal(SIGPIPE, SIG_IGN)
    _ = signal(SIGXFSZ, SIG_IGN)
    LoggingSystem.bootstrap { _ in ConsoleLogHandler() }
    BLAS.endIdleThreads()
  }

  /// Prints an error in the form that the command line asks for.
  static func report(_ diagnostic: Diagnostic) {
    // Read off the arguments themselves: an error may come before they are parsed.
    let arguments = CommandLine.arguments
    let isJSON =
      arguments.contains("--errors=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == ("--errors", "json") }
    let text =
      isJSON
      ? (try? JSONText.of(DiagnosticJSON(diagnostic), isOneLine: true))
      : "retain: \(diagnostic)\n"
    // Nowhere is left to say that standard error is gone.
    try? StandardStream.error.write(text ?? "retain: \(diagnostic)\n")
  }

  /// Prints a result.
  static func print(_ text: String) throws(Diagnostic) { try StandardStream.output.write(text) }
}

/// The process as its parent sees it.
enum Foreground {
  static func exit(_ code: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(code)
    #else
      Darwin.exit(code)
    #endif
  }

  /// Ends the process while other threads are at work, on whose data nothing may be cleaned up.
  static func exitAtOnce(_ code: Int32) -> Never { _exit(code) }
}
