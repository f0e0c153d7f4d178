import Diagnostics
import ModelFormat
import Scoring
import TestSupport
import Testing

@Suite struct DamagedFileTests {
  private func fault(_ bytes: [UInt8]) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try ModelFile(bytes: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: SampleLearner.allCases)
  func `a file cut off anywhere is called truncated`(learner: SampleLearner) throws {
    let bytes = try fileBytes(of: SampleModels.model(learner))
    for count in bytes.indices {
      let error = fault(Array(bytes[..<count]))
      #expect(error?.kind == .modelTruncated, "\(count) of \(bytes.count) bytes")
    }
    #expect(
      fault(Array(bytes[..<(bytes.count / 2)]))?.message
        == "has \(bytes.count / 2) bytes, expected \(bytes.count)")
    #expect(fault([])?.message == "is empty")
  }

  @Test func `bytes after the end are counted and refused`() throws {
    let bytes = try fileBytes(of: SampleModels.model(.trees))
    let one = fault(bytes + [0])
    #expect(one?.kind == .modelTrailingBytes)
    #expect(one?.message == "has \(bytes.count + 1) bytes, 1 too many")
    #expect(fault(bytes + bytes)?.kind == .modelTrailingBytes)
  }

  @Test(arguments: SampleLearner.allCases)
  func `no single damaged byte goes unnoticed`(learner: SampleLearner) throws {
    var bytes = try fileBytes(of: SampleModels.model(learner))
    let headerEnd = 16 + 4 + 24 * ModelParts(bytes).sections.count
    var generator = SeededBytes(seed: 17)
    for index in bytes.indices {
      let original = bytes[index]
      for flip in [1, 0x80, 0xff, generator.nonzeroByte()] {
        bytes[index] = original ^ flip
        let kind = try #require(fault(bytes), "byte \(index) changed by \(flip)").kind
        #expect(kind.rawValue.hasPrefix("model."))
        if index >= headerEnd { #expect(kind == .modelChecksum) }
      }
      bytes[index] = original
    }
    #expect(fault(bytes) == nil)
  }

  @Test func `a section that does not match its own checksum is named`() throws {
    var parts = ModelParts(try fileBytes(of: SampleModels.model(.trees)))
    let sound = parts.bytes
    #expect(fault(sound) == nil)
    // The digest of the whole is right, that of the third section is not.
    var bytes = Array(sound.dropLast(32))
    bytes[20 + 2 * 24 + 20] ^= 1
    let error = fault(ModelParts.sealed(bytes))
    #expect(error?.kind == .modelChecksum)
    #expect(error?.message == "section 3 is damaged")
    // The summary is one of those that must be there.
    parts.sections.removeAll { $0.type == 0x8000_0004 }
    #expect(fault(parts.bytes)?.kind == .modelInvalid)
  }

  @Test(arguments: [
    ("id,x\n1,2\n", "a CSV file"), ("id\tx\n1\t2\n", "a CSV file"), ("id;x\n1;2\n", "a CSV file"),
    ("{\"learner\": {}}", "JSON"), ("tree\nversion=v4\nnum_class=1\n", "LightGBM text"),
    ("SQLite format 3\0\u{10}\0", "an SQLite database"), ("PK\u{3}\u{4}\u{14}\0", "a zip archive"),
    ("RKTABLE1\u{1}\0", "a columnar table"),
    ("\u{7f}ELF\u{2}\u{1}", "a program (ELF)"), ("\u{8}\u{7}\u{12}\u{7}skl2onnx", "ONNX"),
  ])
  func `a file of another kind is told by its look`(text: String, look: String) {
    let error = fault(Array(text.utf8))
    #expect(error?.kind == .modelNotAModel)
    #expect(error?.message == "is not a model of retain: it looks like \(look)")
    #expect(error?.hint?.contains("retain train") == true)
  }

  @Test(
    arguments: [
      ([0x1f, 0x8b, 8, 0, 0, 0, 0, 0], "gzip"), ([0x80, 4, 0x95, 0x10, 0, 0], "a Python pickle"),
      ([0x80, 2, 0x63], "a Python pickle"),
    ] as [([UInt8], String)])
  func `a binary file of another kind is told by its look`(bytes: [UInt8], look: String) {
    let error = fault(bytes)
    #expect(error?.kind == .modelNotAModel)
    #expect(error?.message.contains(look) == true)
  }

  @Test(
    arguments: [
      [0], [0x80], [0x1f], [0xff, 0xfe, 0x7b, 0], [UInt8](repeating: 0, count: 5000),
      Array("plain words\n".utf8), Array("\u{89}RETAIN\r".utf8),
      Array("\u{89}PNG\r\n\u{1a}\n".utf8),
    ] as [[UInt8]])
  func `a file of no known kind is refused without a guess`(bytes: [UInt8]) {
    let error = fault(bytes)
    #expect(error?.kind == .modelNotAModel)
    #expect(error?.message == "is not a model of retain")
  }

  @Test func `one byte is truncated where it is the first of a model, else no model`() {
    #expect(fault([0x89])?.kind == .modelTruncated)
    #expect(fault([0x50])?.kind == .modelNotAModel)
  }
}
