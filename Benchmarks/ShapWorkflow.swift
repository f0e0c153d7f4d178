import Diagnostics
import Explanation
import FoundationEssentials
import GradientBoosting
import Learning

/// The contributions of rows to the scores of trees that another library has grown.
///
/// Times only the contributions, from a matrix and trees in memory; making ready to explain the trees
/// is part of it.
struct ShapWorkflow {
  private let model: BoostedTrees
  private let matrix: FeatureMatrix
  private let threads: Int

  /// - Parameters:
  ///   - trees: A file of `Scripts/peers/tree_text.py`.
  ///   - rows: The rows as numbers of 32 bits, row after row.
  init(trees: String, rows: String, threads: Int) throws {
    let text = try String(contentsOfFile: trees, encoding: .utf8)
    var lines = text.split(separator: "\n").makeIterator()
    func numbers() -> [Double] { (lines.next() ?? "").split(separator: " ").map { Double($0)! } }
    let head = numbers()
    let featureCount = Int(head[0])
    model = BoostedTrees(
      featureCount: featureCount, baseScore: 0,
      trees: (0..<Int(head[1])).map { _ in
        let nodeCount = Int(numbers()[0])
        return Tree(
          nodes: (0..<nodeCount).map { _ in
            let node = numbers()
            return TreeNode(
              feature: Int32(node[0]), left: Int32(node[1]), right: Int32(node[2]),
              threshold: node[3], levelSet: -1, missingGoesLeft: node[4] == 1,
              unseenGoesLeft: false, gain: 0, cover: node[5], value: node[6])
          }, levelSets: [])
      })
    let bytes = try Data(contentsOf: URL(filePath: rows))
    let rowCount = bytes.count / 4 / featureCount
    let cells = (0..<rowCount * featureCount).map { place in
      let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * place + $1]) << (8 * $1) }
      return Double(Float(bitPattern: word))
    }
    matrix = FeatureMatrix(
      features: (0..<featureCount).map { Feature(name: "x\($0)", kind: .number) },
      columns: (0..<featureCount).map { feature in
        .number((0..<rowCount).map { cells[$0 * featureCount + feature] })
      }, rowCount: rowCount)
    self.threads = threads
  }

  func run() -> WorkflowResult {
    let contributions = TreeSHAP(model).contributions(of: matrix, threads: threads)
    return WorkflowResult(rowCount: matrix.rowCount, checksum: contributions.reduce(0, +))
  }

  /// Writes the contributions as numbers of 64 bits, row after row.
  func write(to path: String) throws {
    let contributions = TreeSHAP(model).contributions(of: matrix, threads: threads)
    var bytes = Data(capacity: 8 * contributions.count)
    for value in contributions {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
      }
    }
    try bytes.write(to: URL(filePath: path))
  }
}
