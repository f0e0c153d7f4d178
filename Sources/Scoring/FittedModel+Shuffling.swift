import Explanation
import GradientBoosting
import Learning

extension FittedModel {
  /// The model made ready to score these rows again and again with some columns shuffled.
  package func shuffleScorer(for matrix: FeatureMatrix) -> any ShuffleScorer {
    switch self {
    case .trees(let model): SteppedTrees(model)
    case .logistic(let model): SteppedTerms(matrix) { model.term($0, of: $1) }
    }
  }
}
