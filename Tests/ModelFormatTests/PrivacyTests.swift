import Foundation
import GradientBoosting
import Learning
import LogisticRegression
import ModelFormat
import Scoring
import Tabular
import TestSupport
import Testing

@Suite struct PrivacyTests {
  /// Texts that must not leave the table: keys, and words that few customers share.
  private struct Canaries {
    var ids: [String] = []
    var rareLevels: [String] = []
    var all: [String] { ids + rareLevels }
  }

  /// A table in which every row has a key that only it bears, and some a word that few bear.
  private func canaryTable(rowCount: Int) -> (csv: String, canaries: Canaries) {
    var random = SeededBytes(seed: 4)
    var canaries = Canaries()
    var lines = ["account,spend,plan,city,churned"]
    for row in 0..<rowCount {
      let id = "canary-\(String(random.bits(), radix: 36))@example.org"
      canaries.ids.append(id)
      // A word that one row bears, a word that 19 bear, and one that many do.
      var city = "bigtown"
      if row % 50 == 0 {
        city = "hamlet-\(String(random.bits(), radix: 36))"
        canaries.rareLevels.append(city)
      } else if row < 19 + 1 {
        city = "village-of-nineteen"
      }
      let spend = random.index(below: 1000)
      let plan = random.index(below: 2)
      let churned = random.index(below: 1000) < (plan == 0 ? spend : spend / 3) ? "yes" : "no"
      lines.append("\(id),\(spend),\(plan == 0 ? "basic" : "pro"),\(city),\(churned)")
    }
    canaries.rareLevels.append("village-of-nineteen")
    return (lines.joined(separator: "\n") + "\n", canaries)
  }

  @Test(arguments: SampleLearner.allCases)
  func `no key and no rare word of the training table is in the model file`(learner: SampleLearner)
    throws
  {
    let folder = try TemporaryFolder()
    let (csv, canaries) = canaryTable(rowCount: 2000)
    let path = try folder.write(csv, to: "table.csv")
    let table = try TableReader.read(
      path: path,
      declared: [
        "account": .identifier, "plan": .category, "city": .category, "churned": .category,
      ])
    guard case .category(let plans)? = table["plan"]?.values,
      case .category(let cities)? = table["city"]?.values,
      case .category(let labels)? = table["churned"]?.values
    else { return #expect(Bool(false), "the table was not read as declared") }
    func feature(_ name: String, _ values: CategoryValues) -> Feature {
      let (levels, hasOther) = CategoryEncoding.levels(of: values)
      return Feature(name: name, kind: .category(levels: levels, hasOther: hasOther))
    }
    let schema = ModelSchema(
      features: [
        Feature(name: "spend", kind: .number), feature("plan", plans), feature("city", cities),
      ],
      idColumn: "account",
      target: ModelSchema.Target(column: "churned", positive: "yes", negative: "no"))
    let outcomes = try schema.target.outcomes(of: labels, file: path).map { $0! }
    let set = try TrainingSet(matrix: schema.encoded(table).matrix, labels: outcomes)
    var model = SampleModels.model(learner)
    model.schema = schema
    model.learner =
      learner == .trees
      ? .trees(try GradientBoostingLearner().fitted(to: set, threads: 2))
      : .logistic(try LogisticRegressionLearner().fitted(to: set, threads: 2))
    model.summary.fingerprint = Fingerprint.of(set.matrix, labels: set.labels)
    model.summary.importances = ModelImportance.of(model.learner, on: set.matrix)
    let bytes = try fileBytes(of: model)

    #expect(canaries.ids.count == 2000 && canaries.rareLevels.count == 41)
    // Every byte as the character of its number, so that all bytes can be searched as a text.
    let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    for canary in canaries.all { #expect(!text.contains(canary)) }
    for part in ["canary", "example.org", "hamlet", "village"] { #expect(!text.contains(part)) }
    // The search does find what is there.
    for word in ["account", "bigtown", "basic", "pro"] { #expect(text.contains(word)) }
  }
}
