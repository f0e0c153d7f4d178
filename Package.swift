// swift-tools-version: 6.2
import PackageDescription

/// Every unsafe expression must be marked, and the mark explained; Swift 6 mode brings strict
/// concurrency.
let strict: [SwiftSetting] = [.strictMemorySafety()]

/// Declares a stage of the pipeline by the earlier stages it may see.
func stage(_ name: String, sees earlier: Target.Dependency...) -> Target {
  .target(name: name, dependencies: earlier, swiftSettings: strict)
}

/// Declares the tests of a stage by what they see of it and of the stages before it.
func tests(of stage: String, sees seen: Target.Dependency...) -> Target {
  .testTarget(
    name: "\(stage)Tests", dependencies: [.byName(name: stage), "TestSupport"] + seen,
    exclude: [])
}

let package = Package(
  name: "RetentionKit",
  platforms: [.macOS(.v26)],
  products: [],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    stage("Diagnostics"),
    stage("Files", sees: "Diagnostics"),
    stage("Tabular", sees: "Diagnostics", "Files"),
    stage("Learning", sees: "Diagnostics"),

    .target(name: "TestSupport", path: "Tests/TestSupport"),
    tests(of: "Tabular", sees: "Diagnostics", "Files"),
    tests(of: "Learning"),
  ]
)
