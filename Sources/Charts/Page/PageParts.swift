/// What a page around charts needs, as texts to be put into it.
///
/// The style sheet knows this markup:
///
/// ```
/// <body>
///   <header class="top">  <h1>  <p class="verdict good|bad|unsure">  <p class="facts">
///     <div class="cards">  <div class="card"> <p class="name"> <p class="figure"> <p class="range">
///   <div class="page">
///     <nav class="contents"> <h2> <ol> <li> <a href="#id">
///     <main>
///       <section id="..."> <h2> <p class="says"> what the data say, in a sentence
///         <div class="charts"> figures of charts, side by side where there is room
///         <p class="read"> how to read it
///         <details> <summary> <div class="table-box"> <table class="sortable" data-filter="Find">
///   <footer>
/// ```
///
/// A `<td class="number" data-value="0.123">` is aligned and sorted as a number. `data-filter` on a
/// table asks for a field above it that filters its rows, under that label. `<table class="plain">`
/// has neither stripes nor sorting. `<span class="quiet">` is small print. `<span class="tag
/// orange">` marks a word in a tone.
public enum PageParts {
  /// The style sheet, for a `<style>` element.
  public static var styleSheet: String {
    String(decoding: PackageResources.style_css, as: UTF8.self)
  }

  /// Sorts and filters tables, for a `<script>` element, byte for byte. Without it a page reads as
  /// well.
  public static var tableScript: String {
    String(decoding: PackageResources.table_js, as: UTF8.self)
  }

  /// The policy for `<meta http-equiv="Content-Security-Policy" content="...">`: no network, and no
  /// script but ``tableScript``.
  public static let contentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    + "script-src 'sha256-\(tableScriptDigest)'; base-uri 'none'; form-action 'none'"

  /// SHA-256 of ``tableScript`` in Base64; a test says what it must be.
  static let tableScriptDigest = "4d1zOk1nbOoPxpBd8exo6PQXHWHrkKA9srlox8k7AVo="
}
