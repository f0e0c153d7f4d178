import Diagnostics
import Files

extension ConfigurationNode {
  /// The name of a time zone whose rules are on this machine.
  ///
  /// - Throws: `config.timezone` for a name that is not there, and where the machine has no rules of
  ///   time zones at all; UTC needs none.
  func timeZoneName() throws(Diagnostic) -> String {
    let name = try text()
    if ["UTC", "Etc/UTC", "GMT", "Etc/GMT", "Z"].contains(name) { return name }
    let isPlausible =
      name.utf8.count <= 64
      && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy(Self.isZoneByte)
      }
    if isPlausible, Self.folders.contains(where: { Self.isZone("\($0)/\(name)") }) { return name }
    let areRulesHere = Self.folders.contains { InputFolder.exists($0) }
    throw fault(
      .configTimeZone, "is \(Self.quoted(name)), which is no time zone of this machine",
      hint: areRulesHere
        ? "write an IANA name, as Europe/Berlin, or UTC"
        : "the machine has no rules of time zones: install tzdata, or write UTC")
  }

  /// Where systems keep the rules.
  private static let folders = ["/usr/share/zoneinfo", "/var/db/timezone/zoneinfo"]

  private static func isZoneByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"):
      true
    default: false
    }
  }

  private static func isZone(_ path: String) -> Bool {
    guard let file = try? InputFile(path: path) else { return false }
    var start = [UInt8](repeating: 0, count: 4)
    return (try? file.read(into: &start, from: 0)) == 4 && start == Array("TZif".utf8)
  }
}
