/// A configuration that says nearly everything that can be said.
enum SampleConfiguration {
  static let text = """
    # What the tests read.
    version: 1
    time_zone: UTC
    sources:
      accounts:
        files: accounts.csv
        columns: {account_id: id, created_at: signup_date, segment: segment}
        attributes: [industry, country]
      subscriptions:
        files: [subs-2023.csv, subs-2024.csv]
        layout: changes
        ended_plans: [Cancelled]
        columns:
          account_id: customer
          start: event_date
          plan: plan_after
          mrr: mrr_after
        format: {decimal: ",", thousands: ".", null_values: [none, "-"]}
        column_formats:
          event_date: {timestamp_format: "%d.%m.%Y"}
      events:
        files: "events/*.csv"
        columns: {account_id: account, ts: at, event: name}
        constants: {actor: human}
        lag: 1 day
        delimiter: tab
        skip_lines: 2
      tickets: {files: tickets.csv, header: [account_id, opened, "prio"], columns: {severity: prio}}
      tiers: {files: tiers.csv, columns: {price: price_per_seat, limit_api_calls: calls}}
      outcomes: {files: lost.csv, columns: {ts: day}, constants: {outcome: churn}}
    events:
      value: [report_created, workflow_*]
      admin: ["*admin*"]
      agent_words: [agent, bot]
      status: {succeeded: [OK], failed: [], timed_out: [late]}
      capabilities: {reports: [report_*], flows: ["workflow_completed"]}
      meters:
        api_calls: {events: [api_call], measure: value}
        runs: [agent_run]
    plans:
      starter: {rank: 0, price: 19, limits: {api_calls: 1000}, capabilities: [reports]}
      pro: {rank: 1, price: 49.5}
    targets:
      churn: {from: outcomes, outcomes: [churn, 7], lead: 7 days, horizon: 60 days, active_within: 26 weeks}
      contraction: {minimum_drop: 2.5%}
      expansion: {minimum_rise: 0.1, paying: false, minimum_tenure: 30, gap_days: 30}
    as_of: {from: 2024-01-01, to: 2024-12-01, every: month}
    features:
      families: {money: off, usage: true}
      exclude: [tenure_days]
      windows: [7, 28]
      counts: raw
      key_events: [login]
      calendar_month: yes
    thresholds: {depth: 0.6, minimum_agent_runs: 10, champion_silent_days: 21, gap_days: 14, activation_days: [5, 20]}
    table: {file: plain.csv, label: churned, positive: 1, id: id, drop: [a, b], delimiter: ";"}

    """
}
