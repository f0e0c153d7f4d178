/// What can happen in the product.
///
/// An event that is also a capability, something that a tier may or may not include, bears the
/// capability's name.
enum CompanyEvent: UInt8, CaseIterable, Sendable {
  // Capabilities of every tier.
  case dashboardView, reportCreated, workflowRun, workflowCompleted, search, fileUploaded
  case templateUsed, apiCall, agentConfigured, agentOutputViewed
  // Capabilities of the team tier and above.
  case reportShared, commentAdded, exportCSV, integrationSync, alertCreated
  // Capabilities of the business tier and above.
  case workflowScheduled, promptSaved, adminConsoleView, roleAssigned, bulkExport
  // Capabilities of the enterprise tier.
  case ssoLogin, auditLogView, dataResidencySet
  // No capabilities: things that happen on every tier.
  case login, helpViewed, settingsChanged, billingPageView, inviteSent, inviteAccepted, errorShown
  case featureGated, limitReached
  case agentRun
  case accountCancelled

  var name: StaticString {
    switch self {
    case .dashboardView: "dashboard_view"
    case .reportCreated: "report_created"
    case .workflowRun: "workflow_run"
    case .workflowCompleted: "workflow_completed"
    case .search: "search_performed"
    case .fileUploaded: "file_uploaded"
    case .templateUsed: "template_used"
    case .apiCall: "api_call"
    case .agentConfigured: "agent_configured"
    case .agentOutputViewed: "agent_output_viewed"
    case .reportShared: "report_shared"
    case .commentAdded: "comment_added"
    case .exportCSV: "export_csv"
    case .integrationSync: "integration_sync"
    case .alertCreated: "alert_created"
    case .workflowScheduled: "workflow_scheduled"
    case .promptSaved: "prompt_saved"
    case .adminConsoleView: "admin_console_view"
    case .roleAssigned: "role_assigned"
    case .bulkExport: "bulk_export"
    case .ssoLogin: "sso_login"
    case .auditLogView: "audit_log_view"
    case .dataResidencySet: "data_residency_set"
    case .login: "login"
    case .helpViewed: "help_viewed"
    case .settingsChanged: "settings_changed"
    case .billingPageView: "billing_page_view"
    case .inviteSent: "invite_sent"
    case .inviteAccepted: "invite_accepted"
    case .errorShown: "error_shown"
    case .featureGated: "feature_gated"
    case .limitReached: "limit_reached"
    case .agentRun: "agent_run"
    case .accountCancelled: "account_cancelled"
    }
  }

  /// The lowest tier that includes the capability; `nil` for what is none.
  var lowestTier: CompanyTier? {
    switch rawValue {
    case Self.dashboardView.rawValue...Self.agentOutputViewed.rawValue: .starter
    case Self.reportShared.rawValue...Self.alertCreated.rawValue: .team
    case Self.workflowScheduled.rawValue...Self.bulkExport.rawValue: .business
    case Self.ssoLogin.rawValue...Self.dataResidencySet.rawValue: .enterprise
    default: nil
    }
  }

  /// The events that say that the customer got what it pays for.
  static let valueEvents: [CompanyEvent] = [.reportCreated, .workflowCompleted]

  /// The capabilities, lowest tier first.
  static let capabilities = allCases.filter { $0.lowestTier != nil }

  /// The event's place in a set of events.
  var bit: UInt64 { 1 << UInt64(rawValue) }

  /// What a person does when nothing particular is to be done, by a byte of chance.
  ///
  /// Whoever has not taken up a capability looks at the dashboard instead.
  static let ofChance: [CompanyEvent] = {
    let weights: [(event: CompanyEvent, weight: Int)] = [
      (.login, 50), (.dashboardView, 37), (.reportCreated, 18), (.workflowRun, 17),
      (.workflowCompleted, 13), (.search, 14), (.fileUploaded, 7), (.templateUsed, 9),
      (.agentConfigured, 5), (.agentOutputViewed, 13), (.reportShared, 9), (.commentAdded, 10),
      (.exportCSV, 7), (.integrationSync, 8), (.alertCreated, 5), (.workflowScheduled, 5),
      (.promptSaved, 5), (.adminConsoleView, 5), (.roleAssigned, 3), (.bulkExport, 2),
      (.ssoLogin, 4), (.auditLogView, 3), (.dataResidencySet, 1), (.helpViewed, 2),
      (.settingsChanged, 2), (.billingPageView, 1), (.errorShown, 1),
    ]
    let events = weights.flatMap { Array(repeating: $0.event, count: $0.weight) }
    precondition(events.count == 256, "\(events.count) events of chance; expected 256")
    return events
  }()
}

/// How an agent's run ended.
enum RunStatus: UInt8 {
  case none, succeeded, failed, timedOut

  var name: StaticString {
    switch self {
    case .none: ""
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .timedOut: "timed_out"
    }
  }
}

/// One row of `events.csv`, before it is text.
struct EventRecord {
  /// Of the day.
  var second: Int32
  var account: Int32
  /// The person's index in its account; `noPerson` for none.
  var person: UInt16
  var event: CompanyEvent
  var status: RunStatus
  /// In units or hundredths, as `decimals` says; `noValue` for none.
  var value: Int32

  static let noPerson = UInt16.max
  static let noValue = Int32.min
}

extension SyntheticCompany {
  /// The events that say that a customer got what it pays for.
  public static let valueEventNames = CompanyEvent.valueEvents.map { "\($0.name)" }
}
