import Calibration
import Diagnostics
import Foundation
import ModelFormat
import Scoring
import TestSupport
import Testing

/// Files damaged at random whose checksums were then repaired: what is left must be refused, or be
/// a model like any other.
@Suite struct MutantTests {
  private static let mutantCount = 20_000
  private static let batchCount = 8

  private static let originals: [ModelParts] = {
    var originals = [
      (SampleLearner.logistic, CalibrationMethod.platt), (.trees, .isotonic), (.logistic, .beta),
    ].map { ModelParts(try! fileBytes(of: SampleModels.model($0, calibration: $1))) }
    originals += [SampleLearner.trees, .logistic].map {
      ModelParts(try! fileBytes(of: SampleModels.certainModel($0)))
    }
    originals.append(TinyModel.parts(learner: TinyModel.trees, calibration: TinyModel.platt))
    originals.append(TinyModel.parts(learner: TinyModel.logistic, calibration: TinyModel.isotonic))
    return originals
  }()

  @Test(arguments: 0..<batchCount)
  func `a mutant is refused as a model, or scores three rows like one`(batch: Int) throws {
    var random = SeededBytes(seed: 1000 + UInt64(batch))
    var refused: [Diagnostic.Kind: Int] = [:]
    var scored = 0
    for mutant in 0..<Self.mutantCount / Self.batchCount {
      let bytes = Mutation.bytes(of: random.element(of: Self.originals), using: &random)
      let start = processorSeconds()
      do throws(Diagnostic) {
        let model = try ModelFile(bytes: bytes).model
        expectSoundScores(of: model, "batch \(batch), mutant \(mutant)")
        scored += 1
      } catch {
        #expect(error.kind.rawValue.hasPrefix("model."))
        refused[error.kind, default: 0] += 1
      }
      #expect(processorSeconds() - start < 1, "batch \(batch), mutant \(mutant)")
    }
    // The mutants go deep: many are accepted, many get past the checksums and are still refused.
    #expect(scored > 200)
    #expect(refused[.modelInvalid, default: 0] > 500)
    #expect(refused[.modelLimit, default: 0] > 20)
  }

  @Test func `a mutant reads a table, or says why not`() throws {
    let folder = try TemporaryFolder()
    let cells = SeededTables.cells(of: try SampleModels.set.selecting(Array(0..<30)))
    let path = try folder.write(
      SeededTables.csv(cells, columns: ["account", "x", "y", "z", "level", "churned"]),
      to: "table.csv")
    var random = SeededBytes(seed: 99)
    var read = 0
    for _ in 0..<3000 {
      var parts = Self.originals[random.index(below: 3)]
      let content = parts.sections[ModelParts.schema].content
      parts.sections[ModelParts.schema].content = Mutation.names(in: content, using: &random)
      guard let model = try? ModelFile(bytes: parts.bytes).model else { continue }
      guard
        let input = try? ScoringInput(
          path: path, model: model, needsOutcomes: random.index(below: 2) == 0)
      else { continue }
      read += 1
      for score in model.scores(of: input.table, threads: 1) {
        #expect(score.probability > 0 && score.probability < 1)
      }
    }
    #expect(read > 50)
  }

  private func expectSoundScores(of model: RetentionModel, _ name: String) {
    let table = ProbeTable.encoded(for: model)
    for score in model.scores(of: table, threads: 1) {
      #expect(score.rawScore.isFinite, "\(name)")
      #expect(score.probability >= 0 && score.probability <= 1, "\(name)")
      #expect(score.reasons.allSatisfy { $0.points.isFinite }, "\(name)")
      guard let certainty = score.certainty else { continue }
      #expect(
        0 <= certainty.low && certainty.low <= score.probability
          && score.probability <= certainty.high && certainty.high <= 1, "\(name)")
    }
    let attribution = model.learner.attribution(of: table.matrix, threads: 1)
    #expect(attribution.meanScore.isFinite, "\(name)")
    #expect(attribution.values.allSatisfy { $0.isFinite }, "\(name)")
  }
}

/// Ways to damage a model file.
enum Mutation {
  private static let words: [UInt32] = [
    0, 1, 2, 3, 4, 5, 63, 64, 255, 4096, 4097, 1 << 16, 1 << 20, 0x7fff_ffff, 0x8000_0000,
    0xffff_fffe, 0xffff_ffff,
  ]
  private static let numbers: [Double] = [
    .nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, 1, -1, 0.5, 1e-300, 1e300, 1e308, -1e308,
    .greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e17, 0x1p53,
  ]

  /// The file of `original` with one to three faults, its checksums repaired.
  static func bytes(of original: ModelParts, using random: inout SeededBytes) -> [UInt8] {
    var parts = original
    for _ in 0..<1 + random.index(below: 3) {
      if random.index(below: 40) == 0 {
        damageSections(&parts, using: &random)
      } else {
        let section = random.index(below: parts.sections.count)
        damage(
          &parts.sections[section].content,
          from: random.element(of: original.sections).content, using: &random)
      }
    }
    var bytes = parts.bytes
    if random.index(below: 20) == 0 {
      // The header itself, under a digest that is right.
      bytes.removeLast(32)
      bytes[8 + random.index(below: 12 + 24 * parts.sections.count)] = random.byte()
      return ModelParts.sealed(bytes)
    }
    return bytes
  }

  /// A schema with a name or two replaced by names of the table.
  static func names(in content: [UInt8], using random: inout SeededBytes) -> [UInt8] {
    let names = ["account", "x", "y", "z", "level", "churned", "yes", "no", "", "level 1"]
    var content = content
    for _ in 0..<1 + random.index(below: 2) {
      let starts = content.indices.filter { start in
        names.contains { content[start...].starts(with: text($0)) }
      }
      guard !starts.isEmpty else { return content }
      let start = random.element(of: starts)
      let length = 4 + Int(content[start])
      content.replaceSubrange(start..<start + length, with: text(random.element(of: names)))
    }
    return content
  }

  private static func text(_ name: String) -> [UInt8] { ByteList().text(name).bytes }

  private static func damageSections(_ parts: inout ModelParts, using random: inout SeededBytes) {
    let section = random.index(below: parts.sections.count)
    switch random.index(below: 6) {
    case 0: parts.sections[section].type = random.element(of: [1, 5, 8, 0x8000_0005, 0x8000_0002])
    case 1: parts.sections.remove(at: section)
    case 2: parts.sections.append(parts.sections[section])
    case 3: parts.minor = UInt16(random.byte())
    case 4: parts.sections.swapAt(section, random.index(below: parts.sections.count))
    default: parts.sections[section].content = []
    }
    if parts.sections.isEmpty { parts.sections.append(.init(type: 9, content: [0])) }
  }

  private static func damage(
    _ content: inout [UInt8], from other: [UInt8], using random: inout SeededBytes
  ) {
    guard content.count > 16, other.count > 16 else { return content.append(random.byte()) }
    let offset = random.index(below: content.count - 8)
    switch random.index(below: 8) {
    case 0: content[offset] ^= 1 << UInt8(random.index(below: 8))
    case 1: content[offset] = random.byte()
    case 2: put(ByteList().u32(random.element(of: words)).bytes, at: offset, in: &content)
    case 3: put(ByteList().f64(random.element(of: numbers)).bytes, at: offset, in: &content)
    case 4: put(ByteList().u64(random.bits()).bytes, at: offset, in: &content)
    case 5:  // a small change of a count or an index
      let step: UInt8 = random.index(below: 2) == 0 ? 1 : 0xff
      content[offset] &+= step
    case 6:  // a piece of some section in another's place
      let start = random.index(below: other.count - 8)
      let length = 1 + random.index(below: min(64, other.count - start))
      let end = min(offset + random.index(below: 64), content.count)
      content.replaceSubrange(offset..<end, with: other[start..<start + length])
    default:
      content.removeSubrange(offset..<min(offset + 1 + random.index(below: 20), content.count))
    }
  }

  private static func put(_ bytes: [UInt8], at offset: Int, in content: inout [UInt8]) {
    content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }
}
