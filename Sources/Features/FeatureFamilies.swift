import Configuration
import UsageHistory

/// All features that there are.
public enum FeatureFamilies {
  /// A feature, and whether it can exist.
  public struct Listing: Sendable, Equatable {
    /// What the feature is.
    public var definition: FeatureDefinition
    /// Why it is absent; `nil` where it is there.
    public var absence: String?
  }

  /// The families in the order of their columns.
  static let types: [any BuiltFamily.Type] =
    [
      EventCounts.self, AmountSums.self, ActiveDays.self, EventTypes.self, EventMix.self,
      Recency.self, WindowRatios.self, WeeklyCourse.self, Peak.self, Rhythm.self,
      FeatureDepth.self, KeyEvents.self, ValueEvents.self, OutputsPerSeat.self, FirstValue.self,
      Onboarding.self, Novelty.self, TierLimits.self, LimitHits.self, GateHits.self,
      Exports.self, Integrations.self, Calendar.self,

      ActiveUsers.self, SeatUse.self, UserTurnover.self, Champion.self, Departments.self,
      AdminVisits.self, Admins.self, Invites.self, InviteAcceptance.self, Touches.self,

      AgentRuns.self, AgentSuccess.self, SilentErrors.self,

      TicketsPerSeat.self, TicketVolume.self, SevereTickets.self, ReopenedTickets.self,
      OpenTickets.self, ResolutionTime.self, FirstReplyTime.self, Sentiment.self,
      TicketSilence.self,

      RecurringRevenue.self, UnitPrice.self, ValuePrice.self, Discount.self, Seats.self,
      Products.self, PaymentTrouble.self,

      Tenure.self, PlanName.self, PlanRank.self, Renewal.self, AutoRenewal.self, PastChurn.self,

      Segment.self,
    ] + [Attributes.self]

  /// The families of a history, without those that are switched off or lack their table.
  ///
  /// Features that compare with other accounts are not among them: see ``FeatureRecipe``.
  ///
  /// - Parameter words: What codes and shares refer to: a recipe's words, or those of the history.
  public static func all(
    settings: FeatureSettings, dictionaries: HistoryDictionaries, words: FeatureWords? = nil
  ) -> [any FeatureFamily] {
    whole(settings: settings, dictionaries: dictionaries, words: words)
      .map { trimmed($0, settings) }
  }

  /// The same, each with all its features: to compute one too many costs less than to copy the rest.
  static func whole(
    settings: FeatureSettings, dictionaries: HistoryDictionaries, words: FeatureWords? = nil
  ) -> [any FeatureFamily] {
    let inputs = FeatureInputs(settings, dictionaries, words: words)
    return types.compactMap { type in
      type.built(inputs).flatMap { family in
        family.definitions.contains { settings.refusal(of: $0) == nil } ? family : nil
      }
    }
  }

  /// Every feature that there can be, in the order of columns.
  public static func dictionary(
    settings: FeatureSettings, dictionaries: HistoryDictionaries
  ) -> [Listing] {
    let inputs = FeatureInputs(settings, dictionaries)
    let own = types.flatMap { type in
      listings(type.definitions(inputs), absence: type.absence(inputs), settings)
    }
    return own
      + PeerComparison.allCases.flatMap { peer in
        listings(peer.definitions, absence: peer.absence(inputs), settings)
      }
  }

  private static func listings(
    _ definitions: [FeatureDefinition], absence: String?, _ settings: FeatureSettings
  ) -> [Listing] {
    definitions.map { Listing(definition: $0, absence: absence ?? settings.refusal(of: $0)) }
  }

  /// The names of all features that do not come from columns of accounts.
  static func ownNames(_ inputs: FeatureInputs) -> Set<String> {
    let families = types.filter { $0 != Attributes.self }
    return Set(families.flatMap { $0.definitions(inputs) }.map(\.name))
      .union(PeerComparison.allCases.flatMap(\.definitions).map(\.name))
  }

  /// The family without the features that are switched off.
  private static func trimmed(
    _ family: any FeatureFamily, _ settings: FeatureSettings
  ) -> any FeatureFamily {
    let kept = family.definitions.indices.filter {
      settings.refusal(of: family.definitions[$0]) == nil
    }
    return kept.count == family.definitions.count
      ? family : TrimmedFamily(family: family, kept: kept)
  }
}

extension FeatureSettings {
  /// Why the settings leave a feature out; `nil` where they do not.
  func refusal(of definition: FeatureDefinition) -> String? {
    if familiesOff.contains(definition.family.rawValue) {
      return "the family \(definition.family.rawValue) is switched off"
    }
    return excluded.contains(definition.name) ? "it is excluded" : nil
  }
}

/// A family of which only some features are wanted.
private struct TrimmedFamily: FeatureFamily {
  let definitions: [FeatureDefinition]
  private let family: any FeatureFamily
  private let kept: [Int]

  init(family: any FeatureFamily, kept: [Int]) {
    self.family = family
    self.kept = kept
    definitions = kept.map { family.definitions[$0] }
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var whole = FeatureRow(count: family.definitions.count)
    family.write(view, to: &whole)
    for (index, source) in kept.enumerated() { row[index] = whole[source] }
  }
}

/// Families, and where in a row each begins.
struct RowWriter: Sendable {
  let families: [any FeatureFamily]
  let offsets: [Int]
  let count: Int

  init(_ families: [any FeatureFamily]) {
    self.families = families
    var offsets: [Int] = []
    var count = 0
    for family in families {
      offsets.append(count)
      count += family.definitions.count
    }
    self.offsets = offsets
    self.count = count
  }

  /// Writes the values of all families.
  ///
  /// Not inlined: where the view's owner also takes it apart, the compiler copies it for each family.
  @inline(never)
  func write(_ view: HistoryView, to row: inout FeatureRow) {
    for index in families.indices {
      row.offset = offsets[index]
      families[index].write(view, to: &row)
    }
    row.offset = 0
  }
}
