import Calibration
import Diagnostics
import Scoring

/// Version 1 of the model format: a `RetentionModel` as four sections, all of which must be
/// understood, and others that a model may do without: the recipe of a model of histories, the
/// inference of a logistic regression, what held-out rows say of calibration, what accounts are
/// explained against, and importances with their groups and intervals.
enum Version1 {
  private enum SectionType: UInt32, CaseIterable {
    case schema = 0x8000_0001
    case learner = 0x8000_0002
    case calibration = 0x8000_0003
    case summary = 0x8000_0004
    // A release that does not know it can still score a table of the features.
    case recipe = 0x0000_0005
    // Nothing is scored by it.
    case inference = 0x0000_0006
    // Terms of a logistic regression that are curves, maps or other shapes.
    case shapes = 0x8000_0007
    // A release that does not know it gives the same probabilities.
    case certainty = 0x0000_0008
    // A release that does not know it explains accounts against the mean one.
    case levels = 0x0000_0009
    // A release that does not know it lists those of the summary.
    case importances = 0x0000_000a
  }

  static func container(of model: RetentionModel) -> ModelContainer {
    var contents: [(SectionType, (inout ByteWriter) -> Void)] = [
      (.schema, { write(model.schema, to: &$0) }),
      (.learner, { write(model.learner, to: &$0) }),
      (.calibration, { write(model.calibrator, model.bands, to: &$0) }),
      (.summary, { write(model.summary, to: &$0) }),
    ]
    if let recipe = model.recipe { contents.append((.recipe, { write(recipe, to: &$0) })) }
    let shapes = shapes(of: model.learner)
    if !shapes.isEmpty { contents.append((.shapes, { write(shapes, to: &$0) })) }
    if case .logistic(let fitted) = model.learner, let inference = fitted.inference {
      contents.append((.inference, { write(inference, to: &$0) }))
    }
    if model.certainty != nil || model.summary.calibration != nil {
      contents.append(
        (.certainty, { write(model.certainty, model.summary.calibration, to: &$0) }))
    }
    if let levels = model.levels { contents.append((.levels, { write(levels, to: &$0) })) }
    if model.summary.hasMeasuredImportances {
      contents.append((.importances, { write(importancesOf: model, to: &$0) }))
    }
    return ModelContainer(
      sections: contents.map { type, write in
        var writer = ByteWriter()
        write(&writer)
        return ModelContainer.Section(type: type.rawValue, content: writer.bytes[...])
      })
  }

  static func model(from container: ModelContainer) throws(Diagnostic) -> RetentionModel {
    for section in container.sections where SectionType(rawValue: section.type) == nil {
      guard section.type & 0x8000_0000 == 0 else {
        throw Diagnostic(
          .modelVersionTooNew,
          "has a section of type \(section.type & 0x7fff_ffff), which this release does not know",
          hint: "use the release of retain that wrote it, or a later one")
      }
    }
    let schema = try read(.schema, of: container) { reader throws(Diagnostic) in
      try Version1.schema(&reader)
    }
    var learner = try read(.learner, of: container) { reader throws(Diagnostic) in
      try Version1.learner(&reader, features: schema.features)
    }
    if container.sections.contains(where: { $0.type == SectionType.shapes.rawValue }) {
      let plain = learner
      learner = try read(.shapes, of: container) { reader throws(Diagnostic) in
        try Version1.readShapes(&reader, of: plain, features: schema.features)
      }
    }
    if has(.inference, container) {
      guard case .logistic(var fitted) = learner else {
        throw Diagnostic(.modelInvalid, "an inference beside a learner that has none")
      }
      fitted.inference = try read(.inference, of: container) { reader throws(Diagnostic) in
        try Version1.inference(&reader, features: schema.features)
      }
      learner = .logistic(fitted)
    }
    let (calibrator, bands) = try read(.calibration, of: container) { reader throws(Diagnostic) in
      try Version1.calibration(&reader)
    }
    var summary = try read(.summary, of: container) { reader throws(Diagnostic) in
      try Version1.summary(&reader)
    }
    let recipe =
      has(.recipe, container)
      ? try read(.recipe, of: container) { reader throws(Diagnostic) in
        try Version1.recipe(&reader)
      } : nil
    var certainty: ScoreCertainty?
    if has(.certainty, container) {
      (certainty, summary.calibration) = try read(.certainty, of: container) {
        reader throws(Diagnostic) in try Version1.certainty(&reader)
      }
    }
    if has(.importances, container) {
      (summary.importances, summary.stability) = try read(.importances, of: container) {
        reader throws(Diagnostic) in
        try Version1.importances(&reader, features: schema.features)
      }
    }
    let levels =
      has(.levels, container)
      ? try read(.levels, of: container) { reader throws(Diagnostic) in
        try Version1.levels(&reader, featureCount: schema.features.count)
      } : nil
    return RetentionModel(
      schema: schema, learner: learner, calibrator: calibrator, bands: bands, summary: summary,
      recipe: recipe, certainty: certainty, levels: levels)
  }

  private static func has(_ type: SectionType, _ container: ModelContainer) -> Bool {
    container.sections.contains { $0.type == type.rawValue }
  }

  private static func read<Value>(
    _ type: SectionType, of container: ModelContainer,
    _ body: (inout ByteReader) throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    let sections = container.sections.filter { $0.type == type.rawValue }
    guard sections.count == 1 else {
      throw Diagnostic(.modelInvalid, "\(sections.count) sections '\(type)', expected 1")
    }
    var reader = ByteReader(sections[0].content, part: "section '\(type)'")
    let value = try body(&reader)
    try reader.finish()
    return value
  }
}
