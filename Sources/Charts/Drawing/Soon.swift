extension Chart {
  /// A frame; shapes follow.
  public func drawing(_ frame: ChartFrame) -> Picture { Picture(width: frame.width, height: 280) }
}
