/// Whether the scores of single rows ever fall, or ever rise, as one feature rises and all else stays.
public struct MonotoneCheck: Sendable, Equatable {
  /// Which way rows go.
  public enum Verdict: String, Sendable {
    /// Some rows rise, and none ever falls.
    case rising
    /// Some rows fall, and none ever rises.
    case falling
    /// Both occur.
    case both
    /// No row moves.
    case flat
  }

  /// A move of one row against a direction.
  public struct Move: Sendable, Equatable {
    /// How far the raw score moves, in log odds; above 0 whichever way.
    public var size: Double
    /// The value that it moves from.
    public var from: Double
    /// The greater value that it moves to.
    public var to: Double

    /// Puts a move together.
    public init(size: Double, from: Double, to: Double) {
      self.size = size
      self.from = from
      self.to = to
    }
  }

  /// The share of rows whose score rises anywhere.
  public var risingShare: Double
  /// The share of rows whose score falls anywhere.
  public var fallingShare: Double
  /// The largest fall of any row between two values; `nil` where none falls.
  public var largestFall: Move?
  /// The largest rise of any row between two values; `nil` where none rises.
  public var largestRise: Move?
  /// How much of the rows' movement, up and down, is upwards: 0 to 1; a half where nothing moves.
  public var upwardShare: Double
  /// Whether every value was tried at which the model can change, and not only some.
  public var isExact: Bool
  /// How many rows were swept.
  public var rowCount: Int
  /// The direction that the model was trained to keep: 1 up, -1 down; `nil` where it was free.
  public var demanded: Int?

  /// Puts a check together.
  public init(
    risingShare: Double, fallingShare: Double, largestFall: Move?, largestRise: Move?,
    upwardShare: Double, isExact: Bool, rowCount: Int, demanded: Int? = nil
  ) {
    self.risingShare = risingShare
    self.fallingShare = fallingShare
    self.largestFall = largestFall
    self.largestRise = largestRise
    self.upwardShare = upwardShare
    self.isExact = isExact
    self.rowCount = rowCount
    self.demanded = demanded
  }

  /// Which way rows go.
  public var verdict: Verdict {
    switch (largestRise != nil, largestFall != nil) {
    case (true, true): .both
    case (true, false): .rising
    case (false, true): .falling
    case (false, false): .flat
    }
  }

  /// Whether no row goes against the direction that was demanded; `nil` where none was.
  public var keepsDemand: Bool? {
    demanded.map { $0 > 0 ? largestFall == nil : largestRise == nil }
  }
}
