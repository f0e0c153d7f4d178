import Configuration
import Features

/// How a model of histories comes from raw tables to its features, so that a score needs the model
/// and the tables only.
public struct HistoryRecipe: Sendable, Equatable {
  /// The configuration that the model was trained with: what columns and events mean, the targets,
  /// where the tables were. Its path is not kept.
  public var configuration: RetentionConfiguration
  /// What the model predicts.
  public var target: TargetName
  /// The features, and what accounts are compared with.
  public var features: FeatureRecipe

  /// Puts a recipe together.
  public init(
    configuration: RetentionConfiguration, target: TargetName, features: FeatureRecipe
  ) {
    var configuration = configuration
    // A model file holds no place of the machine that it was made on.
    configuration.path = ""
    for (name, source) in configuration.sources {
      configuration.sources[name]!.files = source.files.map { file in
        file.hasPrefix("/") ? String(file.split(separator: "/").last ?? "") : file
      }
    }
    self.configuration = configuration
    self.target = target
    self.features = features
  }
}
