import Logging
import RetentionKit

/// Writes log messages to standard error, one line each.
struct ConsoleLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let line = "retain: \(event.level == .info ? "" : "\(event.level): ")\(event.message)\n"
    // A log that cannot be written must not stop the work.
    try? StandardStream.error.write(line)
  }
}

extension Logger {
  /// The command's own logger.
  static let retain = Logger(label: "retain")

  /// Logs each of these.
  func warn(_ messages: [String]) {
    for message in messages { warning("\(message)") }
  }
}
