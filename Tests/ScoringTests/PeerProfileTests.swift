import Learning
import Scoring
import Testing

@Suite struct PeerProfileTests {
  private let features = [
    Feature(name: "plan", kind: .category(levels: ["basic", "pro"])),
    Feature(name: "segment", kind: .category(levels: ["small", "large"])),
    Feature(name: "users", kind: .number), Feature(name: "renews", kind: .boolean),
  ]

  /// 40 small and 25 large accounts on plan basic, 10 small ones on plan pro.
  private var matrix: FeatureMatrix {
    let plans = [Int32](repeating: 0, count: 65) + [Int32](repeating: 1, count: 10)
    let segments =
      [Int32](repeating: 0, count: 40) + [Int32](repeating: 1, count: 25)
      + [Int32](repeating: 0, count: 10)
    let users = (0..<75).map { Double($0) }
    let renews = (0..<75).map { $0 < 10 ? 1 : 0.0 }
    return FeatureMatrix(
      features: features,
      columns: [.category(plans), .category(segments), .number(users), .number(renews)],
      rowCount: 75)
  }

  @Test func `peers are of the plan and segment, else of the plan, else all`() throws {
    let peers = try #require(PeerProfile(of: matrix, threads: 2))
    #expect(peers.group(ofRow: 0).label == "plan basic, segment small")
    #expect(peers.group(ofRow: 0).count == 40)
    #expect(peers.group(ofRow: 64).label == "plan basic, segment large")
    #expect(peers.group(ofRow: 70).label == "")
    #expect(peers.group(ofRow: 70).count == 75)
    #expect(peers.typical(ofFeature: 2, row: 64)?.median == 52)
    #expect(peers.typical(ofFeature: 2, row: 70)?.median == 37)
    #expect(peers.typical(ofFeature: 2, row: 0)?.lower == 9)
    #expect(peers.typical(ofFeature: 2, row: 0)?.upper == 29)
    #expect(peers.typical(ofFeature: 3, row: 0)?.mean == 0.25)
    #expect(peers.typical(ofFeature: 1, row: 70)?.level?.code == 0)
  }

  @Test func `few accounts, or few known values, have no peers`() throws {
    #expect(PeerProfile(of: matrix.selecting(Array(0..<19)), threads: 1) == nil)
    let sparse = (0..<75).map { $0 < 60 ? Double.nan : 1 }
    let peers = try #require(
      PeerProfile(of: matrix.replacing(2, with: .number(sparse)), threads: 1))
    #expect(peers.typical(ofFeature: 2, row: 0) == nil)
  }

  @Test func `of very many rows some stand for all`() throws {
    let count = 50_000
    let values = (0..<count).map { Double($0) }
    let peers = try #require(
      PeerProfile(
        of: FeatureMatrix(
          features: [features[2]], columns: [.number(values)], rowCount: count), threads: 2))
    #expect(abs((peers.typical(ofFeature: 0, row: 0)?.median ?? 0) / Double(count) - 0.5) < 1e-3)
  }
}
