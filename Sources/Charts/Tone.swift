/// The colours of marks, each readable on light and on dark paper, and told apart by every common
/// kind of colour vision (after Okabe and Ito 2008, https://jfly.uni-koeln.de/color/).
///
/// A tone is a class of the page's style sheet, which knows the colour for light, dark and print.
public enum Tone: String, CaseIterable, Sendable {
  /// The first series; what stays as it is.
  case blue
  /// The second series; the outcome, and what pushes towards it.
  case orange
  /// The third series.
  case green
  /// The fourth series.
  case purple
  /// What stands in the background.
  case grey
}
