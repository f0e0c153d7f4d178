import Charts
import Foundation
import TestSupport
import Testing

@Suite struct GalleryTests {
  /// Made again with `REWRITE_GOLDEN=1 Scripts/test --filter GalleryTests`.
  @Test func `the gallery is drawn as it is stored, byte for byte`() throws {
    let html = Gallery.html
    if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
      let file = ReferenceFiles.packageRoot.appending(path: "Tests/ChartsTests/Golden/gallery.html")
      try Data(html.utf8).write(to: file)
    }
    let stored = try ReferenceFiles.golden("gallery.html")
    #expect(Data(html.utf8) == stored, "see the comment above this test")
  }
}
