import Calibration
import Diagnostics
import Foundation
import GradientBoosting
import Learning
import LogisticRegression
import ModelFormat
import Scoring
import TestSupport
import Testing

/// Files whose checksums are right and whose content is not.
@Suite struct UnsoundModelTests {
  private func fault(_ parts: ModelParts) -> Diagnostic? {
    do throws(Diagnostic) {
      _ = try ModelFile(bytes: parts.bytes)
      return nil
    } catch {
      return error
    }
  }

  private func parts(
    schema: [UInt8] = TinyModel.schema, learner: [UInt8] = TinyModel.trees,
    calibration: [UInt8] = TinyModel.platt, summary: [UInt8] = TinyModel.summary
  ) -> ModelParts {
    var parts = TinyModel.parts(learner: learner, calibration: calibration)
    parts.sections[ModelParts.schema].content = schema
    parts.sections[ModelParts.summary].content = summary
    return parts
  }

  /// What is wrong with the tiny model once its tree is changed.
  private func fault(of change: (inout Tree) -> Void) throws -> Diagnostic? {
    var trees = TinyModel.boostedTrees
    change(&trees.trees[0])
    let folder = try TemporaryFolder()
    do throws(Diagnostic) {
      _ = try ModelFile.write(
        TinyModel.model(learner: .trees(trees), calibrator: .identity), to: folder.path("model"))
      return nil
    } catch {
      return error
    }
  }

  private func logisticFault(of change: (inout LogisticModel) -> Void) throws -> Diagnostic? {
    var logistic = TinyModel.logisticModel
    change(&logistic)
    let folder = try TemporaryFolder()
    do throws(Diagnostic) {
      _ = try ModelFile.write(
        TinyModel.model(learner: .logistic(logistic), calibrator: .identity),
        to: folder.path("model"))
      return nil
    } catch {
      return error
    }
  }

  private func expectInvalid(_ error: Diagnostic?, _ words: String) {
    #expect(error?.kind == .modelInvalid)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "accepted")")
  }

  // MARK: - Trees

  @Test func `every walk through a tree ends`() throws {
    expectInvalid(try fault { $0.nodes[2].left = 2 }, "tree 1 node 2: child 2 of 5")
    expectInvalid(try fault { $0.nodes[2].right = 0 }, "tree 1 node 2: child 0 of 5")
    expectInvalid(try fault { $0.nodes[2].right = 5 }, "tree 1 node 2: child 5 of 5")
    expectInvalid(try fault { $0.nodes[2].right = 999_999 }, "tree 1 node 2: child 999999 of 5")
    expectInvalid(try fault { $0.nodes[2].right = -1 }, "tree 1 node 2: child -1 of 5")
    expectInvalid(try fault { $0.nodes[2].right = .min }, "child -2147483648")
  }

  @Test func `every node has one parent, and its rows are those of its children`() throws {
    expectInvalid(
      try fault {
        $0.nodes[2].right = 3
        $0.nodes[2].cover = 6
        $0.nodes[0].cover = 12
      }, "node 3: 2 parents")
    expectInvalid(try fault { $0.nodes.append(.leaf(value: 0, cover: 1)) }, "node 5: 0 parents")
    expectInvalid(try fault { $0.nodes[4].cover = 2 }, "node 2: its children's covers differ")
    expectInvalid(try fault { $0.nodes = [] }, "has no nodes")
  }

  @Test(arguments: [0, -1, 0.5, 1e-300, 0x1p54, 1e300])
  func `a cover is a count of rows`(cover: Double) throws {
    expectInvalid(
      try fault {
        $0.nodes[4].cover = cover
        $0.nodes[2].cover = cover + 3
        $0.nodes[0].cover = cover + 9
      }, "cover")
  }

  @Test func `every index of a test exists`() throws {
    expectInvalid(try fault { $0.nodes[2].feature = 3 }, "node 2: feature 3 of 3")
    expectInvalid(try fault { $0.nodes[2].feature = .max }, "feature 2147483647 of 3")
    expectInvalid(try fault { $0.nodes[0].levelSet = 1 }, "node 0: level set 1 of 1")
    // A quantity with a level set, and a category without one.
    expectInvalid(try fault { $0.nodes[2].levelSet = 0 }, "node 2: level set 0")
    expectInvalid(try fault { $0.nodes[0].levelSet = -1 }, "node 0: level set -1")
    expectInvalid(try fault { $0.nodes[2].levelSet = -2 }, "node 2: level set -2")
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `every number of a tree is finite`(number: Double) throws {
    expectInvalid(try fault { $0.nodes[2].threshold = number }, "a threshold is not a finite")
    expectInvalid(try fault { $0.nodes[1].value = number }, "a leaf value is not a finite")
    expectInvalid(try fault { $0.nodes[0].gain = number }, "a gain is not a finite")
    expectInvalid(try fault { $0.nodes[1].cover = number }, "a cover is not a finite")
  }

  @Test func `leaves whose sum could overflow are refused`() throws {
    expectInvalid(try fault { $0.nodes[1].value = 1.7e308 }, "leaf values")
    var trees = TinyModel.boostedTrees
    trees.baseScore = 9e307
    trees.trees[0].nodes[1].value = 9e307
    let folder = try TemporaryFolder()
    #expect(throws: Diagnostic.self) {
      _ = try ModelFile.write(
        TinyModel.model(learner: .trees(trees), calibrator: .identity), to: folder.path("m"))
    }
  }

  /// A model whose only tree is one long chain of tests, on one feature after another.
  private func chain(depth: Int, featureCount: Int) -> RetentionModel {
    var nodes: [TreeNode] = []
    for level in 0..<depth {
      let index = Int32(nodes.count)
      nodes.append(
        TreeNode(
          feature: Int32(level % featureCount), left: index + 1, right: index + 2,
          threshold: Double(level % 7), levelSet: -1, missingGoesLeft: false, unseenGoesLeft: false,
          gain: 1, cover: Double(depth - level + 1), value: 0))
      nodes.append(.leaf(value: 0.001, cover: 1))
    }
    nodes.append(.leaf(value: -0.001, cover: 1))
    var model = TinyModel.model(
      learner: .trees(
        BoostedTrees(
          featureCount: featureCount, baseScore: 0, trees: [Tree(nodes: nodes, levelSets: [])])),
      calibrator: .identity)
    model.schema.features = (0..<featureCount).map { Feature(name: "x\($0)", kind: .number) }
    return model
  }

  @Test(arguments: [3, 256, 257])
  func `a tree too deep to explain is refused, the deepest allowed one is explained`(
    featureCount: Int
  ) throws {
    let deepest = Tree.depthLimit
    let error = #expect(throws: Diagnostic.self) {
      try fileBytes(of: chain(depth: deepest + 1, featureCount: featureCount))
    }
    expectInvalid(error, "tree 1 is \(deepest + 1) levels deep")
    let bytes = try fileBytes(of: chain(depth: deepest, featureCount: featureCount))
    let model = try ModelFile(bytes: bytes).model
    let start = processorSeconds()
    let table = ProbeTable.encoded(for: model)
    for score in model.scores(of: table, threads: 1) {
      #expect(score.probability > 0 && score.probability < 1)
    }
    let contributions = model.learner.attribution(of: table.matrix, threads: 1).values
    #expect(contributions.allSatisfy { $0.isFinite })
    #expect(processorSeconds() - start < 30)
  }

  @Test func `a node is a leaf or a test, and its flags are two`() {
    let bytes = TinyModel.trees
    let firstNode = 1 + 8 + 4 + 4 + 4 + 8 + 4
    var learner = bytes
    learner.replaceSubrange(firstNode..<firstNode + 4, with: ByteList().i32(-2).bytes)
    expectInvalid(fault(parts(learner: learner)), "a node with feature -2")
    learner = bytes
    learner[firstNode + 4 + 8 + 12 + 8] = 4
    expectInvalid(fault(parts(learner: learner)), "a node with flags 4")
    learner = bytes
    learner[0] = 2
    expectInvalid(fault(parts(learner: learner)), "a learner of unknown kind 2")
  }

  // MARK: - Logistic regression

  @Test func `every number of a logistic regression is finite and in range`() throws {
    let sound = Coefficient(value: 1, standardError: 1)
    for number in [Double.nan, .infinity, 1e300] {
      expectInvalid(try logisticFault { $0.intercept.value = number }, "a coefficient")
      expectInvalid(try logisticFault { $0.terms[0].mean = number }, "a mean")
      expectInvalid(
        try logisticFault {
          $0.terms[2].form = .category([sound, nil, Coefficient(value: number, standardError: 1)])
        }, "a coefficient")
    }
    expectInvalid(
      try logisticFault { $0.terms[0].missing?.standardError = .infinity }, "standard error")
    expectInvalid(try logisticFault { $0.convergence.gradientNorm = .nan }, "the gradient")
  }

  @Test func `terms fit their features`() throws {
    expectInvalid(try logisticFault { $0.terms.removeLast() }, "2 terms for 3 features")
    expectInvalid(try logisticFault { $0.terms.append($0.terms[1]) }, "more terms than the 3")
    expectInvalid(try logisticFault { $0.terms.swapAt(0, 2) }, "does not fit its feature's kind")
    expectInvalid(try logisticFault { $0.terms[2].form = .category([nil]) }, "1 coefficients for 3")
    let tooMany = try logisticFault { $0.terms[2].form = .category([nil, nil, nil, nil]) }
    #expect(tooMany?.kind == .modelLimit)
  }

  @Test func `a scale is positive, and no value standardises to something that is no number`()
    throws
  {
    let quantity = 1 + 16 + 4 + 8 + 1 + 8 + 4 + 1
    func learner(center: Double, scale: Double) -> [UInt8] {
      var bytes = TinyModel.logistic
      bytes.replaceSubrange(
        quantity..<quantity + 16, with: ByteList().f64(center).f64(scale).bytes)
      return bytes
    }
    for scale in [0, -1, .nan, .infinity] as [Double] {
      expectInvalid(fault(parts(learner: learner(center: 3, scale: scale))), "a scale")
    }
    // The centre in units of the scale would be infinite, and infinity less infinity no number.
    expectInvalid(fault(parts(learner: learner(center: 1e300, scale: 1e-300))), "a centre")
    #expect(fault(parts(learner: learner(center: 1e300, scale: 1e295))) == nil)
    #expect(fault(parts(learner: learner(center: 0, scale: .leastNonzeroMagnitude))) == nil)
  }

  // MARK: - Schema, calibration and summary

  @Test func `names tell columns apart`() {
    func schema(_ names: [String], id: String = "id", label: String = "left") -> [UInt8] {
      let bytes = ByteList().u32(3)
      for name in names.prefix(2) { bytes.text(name).u8(0) }
      bytes.text(names[2]).u8(2).u8(1).u32(2).text("p").text("q")
      return bytes.u8(1).text(id).text(label).text("yes").text("no").bytes
    }
    #expect(fault(parts(schema: schema(["a", "b", "c"]))) == nil)
    expectInvalid(fault(parts(schema: schema(["a", "a", "c"]))), "two features have one name")
    expectInvalid(fault(parts(schema: schema(["\u{e9}", "e\u{301}", "c"]))), "have one name")
    // A column cannot be read both as a key or an outcome and as a feature.
    expectInvalid(fault(parts(schema: schema(["a", "b", "c"], id: "b"))), "key")
    expectInvalid(fault(parts(schema: schema(["a", "b", "c"], label: "a"))), "label")
    expectInvalid(fault(parts(schema: schema(["a", "b", "c"], label: "id"))), "label")
  }

  @Test func `levels of a category differ byte by byte`() {
    func schema(_ first: String, _ second: String) -> [UInt8] {
      ByteList().u32(3).text("a").u8(0).text("b").u8(1).text("c").u8(2).u8(1).u32(2).text(first)
        .text(second).u8(0).text("left").text("yes").text("no").bytes
    }
    #expect(fault(parts(schema: schema("\u{e9}", "e\u{301}"))) == nil)
    expectInvalid(fault(parts(schema: schema("p", "p"))), "two levels of a category")
  }

  @Test func `a text is UTF-8 of at most 4 KiB`() {
    func schema(_ name: [UInt8], count: Int? = nil) -> [UInt8] {
      ByteList().u32(1).u32(UInt32(count ?? name.count)).raw(name).u8(0).u8(0).text("left")
        .text("yes").text("no").bytes
    }
    let one = ByteList().u8(1).f64(0).u32(0).bytes
    #expect(
      fault(parts(schema: schema([UInt8](repeating: 0x61, count: 4096)), learner: one)) == nil)
    let long = fault(parts(schema: schema([UInt8](repeating: 0x61, count: 4097)), learner: one))
    #expect(long?.kind == .modelLimit)
    #expect(long?.message.contains("4097 bytes, the limit is 4096") == true)
    for name in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xc3]] as [[UInt8]] {
      expectInvalid(fault(parts(schema: schema(name), learner: one)), "not valid UTF-8")
    }
    expectInvalid(fault(parts(schema: schema([], count: 4000), learner: one)), "ends early")
  }

  @Test func `a calibrator rises and its bands are probabilities in order`() {
    let bands = ByteList().f64(0.25).f64(0.5).bytes
    let unsound: [[UInt8]] = [
      ByteList().u8(1).f64(0).f64(1).raw(bands).bytes,
      ByteList().u8(1).f64(.nan).f64(1).raw(bands).bytes,
      ByteList().u8(1).f64(1).f64(.infinity).raw(bands).bytes,
      ByteList().u8(2).u32(0).raw(bands).bytes,
      ByteList().u8(2).u32(2).f64(1).f64(0.5).f64(1).f64(0.6).raw(bands).bytes,
      ByteList().u8(2).u32(2).f64(1).f64(0.5).f64(2).f64(0.5).raw(bands).bytes,
      ByteList().u8(2).u32(1).f64(0).f64(1).raw(bands).bytes,
      ByteList().u8(2).u32(2).f64(-1.7e308).f64(0.1).f64(1.7e308).f64(0.2).raw(bands).bytes,
      ByteList().u8(3).f64(-1).f64(1).f64(0).raw(bands).bytes,
      ByteList().u8(3).f64(0).f64(0).f64(0).raw(bands).bytes,
      ByteList().u8(4).raw(bands).bytes,
      ByteList().u8(0).f64(0.6).f64(0.5).bytes,
      ByteList().u8(0).f64(-0.1).f64(0.5).bytes,
      ByteList().u8(0).f64(0.5).f64(1.1).bytes,
      ByteList().u8(0).f64(.nan).f64(0.5).bytes,
    ]
    for (index, calibration) in unsound.enumerated() {
      #expect(fault(parts(calibration: calibration))?.kind == .modelInvalid, "case \(index)")
    }
  }

  @Test func `the counts of a summary agree`() {
    func summary(rows: UInt64, positives: UInt64) -> [UInt8] {
      ByteList().text("").text("gbm").u64(rows).u64(positives).u64(0).u32(0).u8(0).u32(0).u32(0)
        .u32(0).u32(0).bytes
    }
    #expect(fault(parts(summary: summary(rows: 1, positives: 1))) == nil)
    expectInvalid(fault(parts(summary: summary(rows: 0, positives: 0))), "0 positive of 0 rows")
    expectInvalid(fault(parts(summary: summary(rows: 2, positives: 3))), "3 positive of 2 rows")
    expectInvalid(fault(parts(summary: summary(rows: .max, positives: 3))), "a count of")
    expectInvalid(fault(parts(summary: summary(rows: 1, positives: 1) + [0])), "1 bytes too many")
  }

  @Test func `unknown words of a closed list are refused`() {
    func replaced(_ word: String, by other: String) -> [UInt8] {
      let text = String(decoding: TinyModel.summary, as: UTF8.self)
      #expect(text.contains(word) && word.utf8.count == other.utf8.count)
      var bytes = TinyModel.summary
      let start = bytes.indices.first { bytes[$0...].starts(with: word.utf8) }!
      bytes.replaceSubrange(start..<start + word.utf8.count, with: other.utf8)
      return bytes
    }
    expectInvalid(fault(parts(summary: replaced("roc_auc", by: "roc_auk"))), "an unknown metric")
    expectInvalid(
      fault(parts(summary: replaced("permutation", by: "permutatiom"))), "unknown kind")
  }

  // MARK: - Sizes

  /// The offset of every count and text length in a section of the tiny model.
  private static let counts: [(section: Int, offset: Int, name: String)] = [
    (ModelParts.schema, 0, "features"), (ModelParts.schema, 4, "a text of"),
    (ModelParts.learner, 9, "trees"), (ModelParts.learner, 13, "level sets"),
    (ModelParts.learner, 17, "words"), (ModelParts.learner, 29, "nodes"),
    (ModelParts.summary, 0, "a text of"),
  ]

  @Test(arguments: counts.indices) func `a huge count is refused before room is made for it`(
    index: Int
  ) throws {
    let (section, offset, name) = Self.counts[index]
    for count in [UInt32.max, 1 << 31, 1 << 20, 4096, 100] {
      var changed = parts()
      changed.sections[section].content.replaceSubrange(
        offset..<offset + 4, with: ByteList().u32(count).bytes)
      let before = peakAddressSpace()
      let error = fault(changed)
      #expect(error?.kind == .modelLimit || error?.kind == .modelInvalid)
      if count == .max {
        #expect(error?.kind == .modelLimit)
        #expect(error?.message.contains(name) == true)
      }
      // Other tests run meanwhile, but none takes as much as the smallest of these arrays would.
      if let before, let after = peakAddressSpace(), count >= 1 << 31 {
        #expect(after - before < 1 << 30)
      }
    }
  }

  @Test func `huge counts of knots, coefficients, levels and notes are refused as well`() {
    let huge = UInt32.max
    let cases: [(ModelParts, String)] = [
      (parts(calibration: ByteList().u8(2).u32(huge).bytes), "knots"),
      (
        parts(
          schema: ByteList().u32(1).text("c").u8(2).u8(0).u32(huge).bytes), "levels"
      ),
      (
        parts(
          schema: ByteList().u32(1).text("c").u8(2).u8(0).u32(1).text("p").u8(0).text("left")
            .text("yes").text("no").bytes,
          learner: ByteList().u8(0).f64(0).f64(0).i32(0).f64(0).u8(1).f64(0).u32(1).u8(2).u32(huge)
            .raw([UInt8](repeating: 0, count: 40)).bytes), "coefficients"
      ),
      (
        parts(
          learner: ByteList().u8(0).f64(0).f64(0).i32(0).f64(0).u8(1).f64(0).u32(huge).bytes),
        "terms"
      ),
      (
        parts(summary: ByteList().text("").text("").u64(1).u64(1).u64(0).u32(huge).bytes),
        "parameters"
      ),
    ]
    for (parts, name) in cases {
      let error = fault(parts)
      #expect(error?.kind == .modelLimit)
      #expect(error?.message.contains(name) == true, "\(error?.message ?? "accepted")")
    }
  }

  @Test func `a section table that does not fit the file is refused`() {
    func header(_ change: (inout [UInt8]) -> Void) -> Diagnostic? {
      var bytes = Array(parts().bytes.dropLast(32))
      change(&bytes)
      do throws(Diagnostic) {
        _ = try ModelFile(bytes: ModelParts.sealed(bytes))
        return nil
      } catch {
        return error
      }
    }
    func put(_ value: UInt64, _ size: Int, at offset: Int) -> (inout [UInt8]) -> Void {
      return { bytes in
        for index in 0..<size {
          bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
      }
    }
    #expect(header { _ in } == nil)
    #expect(header(put(UInt64(UInt32.max), 4, at: 12))?.kind == .modelLimit)
    #expect(header(put(99, 4, at: 12))?.kind == .modelInvalid)
    #expect(header(put(UInt64(UInt32.max), 4, at: 16))?.kind == .modelInvalid)
    // Offsets that overlap or leave a gap, lengths beyond the file and beyond any number.
    #expect(header(put(117, 8, at: 24))?.kind == .modelInvalid)
    #expect(header(put(.max, 8, at: 24))?.kind == .modelInvalid)
    #expect(header(put(.max, 8, at: 32))?.kind == .modelInvalid)
    #expect(header(put(1 << 31, 8, at: 32))?.kind == .modelInvalid)
    #expect(header(put(1 << 20, 8, at: 32 + 72))?.kind == .modelTruncated)
  }

  // MARK: - Versions and sections

  @Test func `a newer major version is refused with both versions named`() {
    var newer = parts()
    newer.major = 2
    newer.minor = 3
    let error = fault(newer)
    #expect(error?.kind == .modelVersionTooNew)
    #expect(error?.message == "has format version 2.3, this release reads 1.x")
    #expect(error?.hint?.contains("release") == true)
    newer.major = 0
    #expect(fault(newer)?.kind == .modelInvalid)
  }

  @Test func `a newer minor version is read, with a warning`() throws {
    var newer = parts()
    newer.minor = 1
    let file = try ModelFile(bytes: newer.bytes)
    #expect(try file.model == ModelFile(bytes: parts().bytes).model)
    #expect(try file.id != ModelFile(bytes: parts().bytes).id)
    #expect(file.warnings.count == 1 && file.warnings[0].contains("format version 1.1"))
    #expect(try ModelFile(bytes: parts().bytes).warnings.isEmpty)
  }

  @Test func `an unknown section is passed over, unless it says that it must be understood`() throws
  {
    var extended = parts()
    extended.sections.insert(.init(type: 77, content: [1, 2, 3]), at: 1)
    extended.sections.append(.init(type: 78, content: []))
    #expect(
      try ModelFile(bytes: extended.bytes).model == ModelFile(bytes: parts().bytes).model)
    extended.sections[1].type = 0x8000_004d
    let error = fault(extended)
    #expect(error?.kind == .modelVersionTooNew)
    #expect(error?.message.contains("type 77") == true)
  }

  @Test(arguments: 0..<4) func `each section is there once`(section: Int) {
    var missing = parts()
    missing.sections.remove(at: section)
    expectInvalid(fault(missing), "0 sections")
    var double = parts()
    double.sections.append(double.sections[section])
    expectInvalid(fault(double), "2 sections")
    var optional = parts()
    optional.sections[section].type &= 0x7fff_ffff
    expectInvalid(fault(optional), "0 sections")
  }

  @Test(arguments: 0..<4) func `the order of the sections does not matter`(offset: Int) throws {
    var rotated = parts()
    rotated.sections = Array(rotated.sections[offset...] + rotated.sections[..<offset])
    #expect(try ModelFile(bytes: rotated.bytes).model == ModelFile(bytes: parts().bytes).model)
  }

  @Test(arguments: 0..<4) func `a section is neither shorter nor longer than its content`(
    section: Int
  ) {
    var shorter = parts()
    shorter.sections[section].content.removeLast()
    #expect(fault(shorter)?.kind == .modelInvalid)
    var longer = parts()
    longer.sections[section].content.append(0)
    expectInvalid(fault(longer), "1 bytes too many")
  }

  /// The most address space that the process ever had, in bytes; `nil` where the system does not say.
  private func peakAddressSpace() -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmPeak:") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes * 1024
  }
}
