// swift-tools-version: 6.2
import PackageDescription

/// Every unsafe expression must be marked, and the mark explained; Swift 6 mode brings strict
/// concurrency.
let strict: [SwiftSetting] = [.strictMemorySafety()]

/// Declares a stage of the pipeline by the earlier stages it may see.
func stage(_ name: String, sees earlier: Target.Dependency...) -> Target {
  .target(name: name, dependencies: earlier, swiftSettings: strict)
}

/// Declares the tests of a stage by what they see beside it.
func tests(of stage: String, sees seen: Target.Dependency...) -> Target {
  .testTarget(
    name: "\(stage)Tests", dependencies: [.byName(name: stage), "TestSupport"] + seen,
    exclude: goldenStages.contains(stage) ? ["Golden"] : [])
}

/// Stages whose tests compare with stored reference outputs.
let goldenStages = [
  "Evaluation", "Calibration", "LogisticRegression", "GradientBoosting", "Explanation",
  "RetentionKit",
]

let package = Package(
  name: "RetentionKit",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "RetentionKit", targets: ["RetentionKit"]),
    .executable(name: "retain", targets: ["RetainCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    stage("Diagnostics"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    stage("Files", sees: "Diagnostics", "CZlib"),
    stage("CivilCalendar"),
    stage(
      "Configuration", sees: "Diagnostics", "Files", "CivilCalendar",
      .product(name: "Yams", package: "Yams")),
    stage("Tabular", sees: "Diagnostics", "Files"),
    .target(name: "CByteScan"),
    .target(name: "CProcessor"),
    .target(name: "CAllocator"),
    stage(
      "UsageHistory",
      sees: "Diagnostics", "Files", "CivilCalendar", "Configuration", "Tabular", "CByteScan",
      "CProcessor"),
    stage("Learning", sees: "Diagnostics", "CProcessor", "CAllocator"),
    stage(
      "Revenue", sees: "Diagnostics", "CivilCalendar", "Configuration", "UsageHistory", "Learning"),
    stage(
      "Features",
      sees: "Diagnostics", "CivilCalendar", "Configuration", "UsageHistory", "Learning",
      "CProcessor"),
    stage("Synthesis", sees: "Diagnostics", "Files", "Learning"),
    .target(name: "COpenBLAS"),
    stage(
      "LinearAlgebra", sees: .target(name: "COpenBLAS", condition: .when(platforms: [.linux]))),
    .target(name: "CDesignBlock"),
    stage("LogisticRegression", sees: "Diagnostics", "Learning", "LinearAlgebra", "CDesignBlock"),
    .target(name: "CTreeScan"),
    stage("GradientBoosting", sees: "Diagnostics", "Files", "Learning", "CProcessor", "CTreeScan"),
    stage("Calibration", sees: "Diagnostics", "Learning"),
    stage("Evaluation", sees: "Learning"),
    stage("Explanation", sees: "Learning", "GradientBoosting", "Evaluation"),
    stage(
      "Scoring",
      sees: "Diagnostics", "Configuration", "Tabular", "Features", "Learning",
      "LogisticRegression", "GradientBoosting", "Calibration", "Evaluation", "Explanation"),
    stage(
      "ModelFormat",
      sees: "Diagnostics", "Files", "Configuration", "Features", "Learning", "LogisticRegression",
      "GradientBoosting",
      "Calibration", "Evaluation", "Explanation", "Scoring",
      .product(name: "Crypto", package: "swift-crypto")),
    stage(
      "Reporting",
      sees: "Diagnostics", "Learning", "LogisticRegression", "Calibration", "Evaluation",
      "Explanation", "Scoring"),
    stage(
      "RetentionKit",
      sees: "Diagnostics", "Files", "CivilCalendar", "Configuration", "Tabular", "UsageHistory",
      "Revenue", "Features", "Learning", "Synthesis", "LogisticRegression",
      "GradientBoosting", "Calibration", "Evaluation", "Explanation", "Scoring", "ModelFormat",
      "Reporting"),
    .executableTarget(
      name: "RetainCLI",
      dependencies: [
        "RetentionKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),

    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CivilCalendar", "Configuration", "Diagnostics", "UsageHistory", "Features", "Learning",
        "GradientBoosting", "Evaluation", "Explanation",
      ],
      path: "Benchmarks",
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["Diagnostics", "Learning"], path: "Tests/TestSupport"),
    tests(of: "Diagnostics"),
    tests(of: "Files", sees: "Diagnostics"),
    tests(of: "Configuration", sees: "Diagnostics", "CivilCalendar", "Learning"),
    tests(of: "Tabular", sees: "Diagnostics", "Files", "Learning"),
    tests(of: "CivilCalendar"),
    tests(
      of: "UsageHistory",
      sees: "Diagnostics", "Files", "CivilCalendar", "Configuration", "Learning"),
    tests(of: "Learning", sees: "Diagnostics"),
    tests(
      of: "Revenue", sees: "Diagnostics", "CivilCalendar", "Configuration", "UsageHistory",
      "Learning"),
    tests(
      of: "Features",
      sees: "Diagnostics", "CivilCalendar", "Configuration", "UsageHistory", "Learning"),
    tests(of: "Synthesis", sees: "Diagnostics", "Files", "Learning"),
    tests(of: "LinearAlgebra", sees: "Learning"),
    tests(of: "LogisticRegression", sees: "Diagnostics", "Learning", "Tabular", "CDesignBlock"),
    tests(of: "GradientBoosting", sees: "Diagnostics", "Files", "Learning"),
    tests(of: "Calibration", sees: "Diagnostics", "Learning", "Evaluation"),
    tests(of: "Evaluation", sees: "Learning"),
    tests(of: "Explanation", sees: "Learning", "LogisticRegression", "GradientBoosting"),
    tests(
      of: "Scoring",
      sees: "Diagnostics", "Tabular", "Learning", "LogisticRegression", "GradientBoosting",
      "Calibration", "Explanation"),
    tests(
      of: "ModelFormat",
      sees: "Diagnostics", "CivilCalendar", "Configuration", "Tabular", "UsageHistory", "Features",
      "Learning", "LogisticRegression", "GradientBoosting",
      "Calibration", "Evaluation", "Explanation", "Scoring",
      .product(name: "Crypto", package: "swift-crypto")),
    tests(
      of: "Reporting",
      sees: "Diagnostics", "Tabular", "Learning", "LogisticRegression", "Calibration", "Evaluation",
      "Explanation", "Scoring"),
    tests(
      of: "RetentionKit", sees: "Diagnostics", "CivilCalendar", "Configuration", "UsageHistory",
      "Features", "Learning", "Evaluation", "Calibration", "Explanation", "Scoring", "Synthesis"),
    tests(of: "RetainCLI", sees: "Configuration", "Diagnostics", "Learning"),
  ]
)
