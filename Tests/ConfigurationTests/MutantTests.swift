import Configuration
import Diagnostics
import Learning
import Testing

/// Valid text with something wrong in it: each change is read or refused, and nothing is passed over.
struct MutantTests {
  private static let lines = SampleConfiguration.text.split(
    separator: "\n", omittingEmptySubsequences: false
  ).map(String.init)

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `a change of some bytes ends in a configuration or a fault of it, never in a crash`(
    _ seed: UInt64
  ) {
    var generator = SeededGenerator(seed: seed, stream: 2)
    var bytes = Array(SampleConfiguration.text.utf8)
    let signs = Array("[]{}:,-#'\"&*!|>%@ \n\t0aZ.~\\?".utf8)
    for _ in 0...Int(generator.next() % 4) {
      let at = Int(generator.next() % UInt64(bytes.count))
      let sign = signs[Int(generator.next() % UInt64(signs.count))]
      switch generator.next() % 4 {
      case 0: bytes[at] = sign
      case 1: bytes.insert(sign, at: at)
      case 2: bytes.remove(at: at)
      default:
        let end = min(bytes.count, at + Int(generator.next() % 40))
        bytes.insert(contentsOf: bytes[at..<end], at: Int(generator.next() % UInt64(bytes.count)))
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      let read = try RetentionConfiguration(text: text, path: "retain.yaml")
      // What was understood can be said again.
      #expect(try RetentionConfiguration(text: read.text(), path: "retain.yaml") == read)
    } catch {
      #expect(error.kind.exitCode == 78)
      #expect(error.file == "retain.yaml")
      #expect(!error.message.isEmpty)
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `a letter added to a key of ours is an unknown key with the right one as the hint`(
    _ seed: UInt64
  ) throws {
    var generator = SeededGenerator(seed: seed, stream: 3)
    // Every place of `key:`, other than the names that are the user's own.
    let own: Set<String> = [
      "starter", "pro", "api_calls", "runs", "reports", "flows", "event_date", "limit_api_calls",
    ]
    let places = SampleConfiguration.text.matches(of: /([a-z_]+):[ \n]/)
      .filter { !own.contains(String($0.1)) }
    let place = places[Int(generator.next() % UInt64(places.count))]
    let key = String(place.1)
    var text = SampleConfiguration.text
    text.insert(
      "q", at: text.index(place.1.startIndex, offsetBy: Int(generator.next() % UInt64(key.count))))
    do {
      _ = try RetentionConfiguration(text: text, path: "retain.yaml")
      Issue.record("\(key) was passed over")
    } catch {
      #expect(error.kind == .configUnknownKey, "\(error)")
      #expect(error.hint == "did you mean '\(key)'?", "\(error)")
      let line = SampleConfiguration.text[..<place.1.startIndex].count { $0 == "\n" } + 1
      #expect(error.line == line)
    }
  }
}
