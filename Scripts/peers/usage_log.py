"""An event log of any size, and the 64 columns that are computed from it.

Accounts of four segments, whose size, course and habits differ; users and kinds of events by
skewed choice; working days and hours; quantities of two decimals; rows sorted by time.
"""
import datetime
import os
from pathlib import Path

import numpy as np
import polars as pl

from environment import CHECKOUT, say

PLANS = ["free", "team", "business", "enterprise"]
SEGMENTS = ["smb", "mid", "ent", "strategic"]
WINDOWS = [7, 28, 84]
LEAD_DAYS = 30
KINDS = [
    "login", "page_open", "board_open", "search", "report_open", "api_call", "upload", "comment",
    "row_change", "row_create", "export", "notice_open", "task_done", "task_create", "message",
    "filter_set", "chart_create", "link_share", "user_invite", "sync_run", "webhook", "flow_run",
    "rule_create", "template_use", "mobile_open", "mail_send", "storage_gb", "compute_minutes",
    "tag_set", "bulk_import", "role_change", "sso_login", "audit_open", "billing_open", "ticket",
    "feedback", "key_create", "field_create", "sandbox_start", "full_export",
]
BULK = ["api_call", "webhook", "mail_send", "bulk_import", "row_change"]
METERED = ["storage_gb", "compute_minutes", "full_export"]
COLUMNS = (
    ["tenure_days", "seats", "plan", "segment"]
    + [f"{name}_{window}" for window in WINDOWS
       for name in ("cnt", "users", "kinds", "days", "qty", "ratio")]
    + ["recency_days", "slope_12w"] + [f"ev28_{kind}" for kind in KINDS])

FIRST_DAY = datetime.date(2023, 1, 1)
DAY_COUNT = 548
BATCH = 2_000_000


def folder(event_count):
    """The folder of a log of so many rows, which is made on first use."""
    path = CHECKOUT / ".build" / "peers" / f"events-{event_count}"
    if not (path / "complete").exists():
        say(f"Generating {event_count:,} events in {path.relative_to(CHECKOUT)}.")
        path.mkdir(parents=True, exist_ok=True)
        generate(path, event_count)
        (path / "complete").touch()
    return path


def generate(path, event_count, seed=20_240_601):
    """Writes `events.csv` and `accounts.csv`: an account for a hundred events."""
    random = np.random.default_rng(seed)
    count = max(10, event_count // 100)
    segment = random.choice(4, count, p=[0.55, 0.28, 0.13, 0.04])
    typical = np.array([0.9, 1.9, 3.0, 4.1])[segment]
    seats = np.maximum(1, np.exp(random.normal(typical, 0.6)).round()).astype(np.int64)
    plan = np.clip(segment + random.integers(-1, 2, count), 0, 3)
    signup = np.where(
        random.random(count) < 0.6, -random.integers(1, 900, count),
        random.integers(0, 200, count))
    renewal = 395 + random.integers(0, 180, count)
    start = np.maximum(signup, 0).astype(float)
    leaves = random.random(count) < 0.18
    end = np.where(leaves, renewal - LEAD_DAYS + random.normal(-10, 35, count), DAY_COUNT)
    end = np.clip(end, start + 3, DAY_COUNT)
    growth = random.normal(0.0005, 0.003, count)
    size = seats ** 0.75 * np.exp(random.normal(0, 0.7, count)) * (end - start)
    events = random.multinomial(event_count, size / size.sum())

    account = np.repeat(np.arange(count, dtype=np.int32), events)
    # Times by the inverse of an exponential course from start to end.
    rate, length = growth[account], (end - start)[account]
    time = start[account] + np.log1p(random.random(event_count) * np.expm1(rate * length)) / rate
    day = np.clip(time, 0, DAY_COUNT - 1).astype(np.int32)
    del time, rate, length
    weekday = (day + FIRST_DAY.weekday()) % 7
    moves = (weekday >= 5) & (random.random(event_count) < 0.7)
    day = np.where(moves, np.maximum(day - weekday + 4, 0), day)
    second = np.clip(random.normal(52_200, 11_500, event_count), 0, 86_399).astype(np.int64)
    order = np.argsort(day * np.int64(86_400) + second, kind="stable")
    seconds = (day * np.int64(86_400) + second)[order]
    del day, weekday, moves, second
    account = account[order]
    del order
    first_user = np.concatenate([[0], np.cumsum(seats)])
    user = first_user[account] + (seats[account] * random.random(event_count) ** 1.8).astype(int)
    habits = np.stack([
        np.concatenate([[0], 1 + random.permutation(len(KINDS) - 1)]) for _ in range(24)])
    habit = random.integers(0, 24, count)
    depth = np.clip(random.normal(9 + 4 * plan, 5).round(), 2, len(KINDS)).astype(int)
    kind = habits[
        habit[account], (depth[account] * random.random(event_count) ** 2.2).astype(int)]
    hundredths = np.full(event_count, 100)
    is_bulk = np.isin(kind, [KINDS.index(name) for name in BULK])
    hundredths[is_bulk] = 100 * np.minimum(
        1 + np.exp(random.normal(1.2, 1.3, is_bulk.sum())).astype(int), 5000)
    is_metered = np.isin(kind, [KINDS.index(name) for name in METERED])
    hundredths[is_metered] = np.clip(
        100 * np.exp(random.normal(1.5, 0.9, is_metered.sum())), 1, 200_000).astype(int)

    account_id = pl.Series([f"acct_{index:07d}" for index in range(count)])
    user_id = pl.Series([f"u{index:07d}" for index in range(int(first_user[-1]))])
    kind_name = pl.Series(KINDS)
    values, place = np.unique(hundredths, return_inverse=True)
    value_text = pl.Series([f"{value / 100:.2f}".rstrip("0").rstrip(".") for value in values])
    epoch = int(datetime.datetime.combine(
        FIRST_DAY, datetime.time(), datetime.timezone.utc).timestamp())
    with open(path / "events.csv", "wb") as file:
        for begin in range(0, event_count, BATCH):
            part = slice(begin, begin + BATCH)
            pl.DataFrame({
                "account_id": account_id.gather(account[part].astype(np.uint32)),
                "user_id": user_id.gather(user[part].astype(np.uint32)),
                "timestamp": pl.from_epoch(
                    pl.Series(seconds[part] + epoch)).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "event_name": kind_name.gather(kind[part].astype(np.uint32)),
                "quantity": value_text.gather(place[part].astype(np.uint32)),
            }).write_csv(file, include_header=begin == 0)
    first = np.datetime64(FIRST_DAY)
    pl.DataFrame({
        "account_id": account_id,
        "signup_date": pl.Series((first + signup).astype("datetime64[D]")),
        "plan": pl.Series(PLANS).gather(plan.astype(np.uint32)),
        "seats": seats,
        "segment": pl.Series(SEGMENTS).gather(segment.astype(np.uint32)),
        "renewal_date": pl.Series((first + renewal).astype("datetime64[D]")),
    }).write_csv(path / "accounts.csv")


def stream(path, byte_count, account_count, seed=7):
    """Writes a log of about so many bytes day by day, in little memory; returns its size."""
    random = np.random.default_rng(seed)
    seats = np.maximum(1, np.exp(random.normal(1.5, 0.9, account_count)).round()).astype(int)
    chances = np.cumsum(seats ** 0.75)
    chances /= chances[-1]
    first_user = np.concatenate([[0], np.cumsum(seats)])
    account_id = pl.Series([f"acct_{index:07d}" for index in range(account_count)])
    user_id = pl.Series([f"u{index:07d}" for index in range(int(first_user[-1]))])
    kind_name = pl.Series(KINDS)
    first = np.datetime64(FIRST_DAY)
    pl.DataFrame({
        "account_id": account_id,
        "signup_date": pl.Series((first - random.integers(1, 900, account_count)).astype(
            "datetime64[D]")),
        "plan": pl.Series(PLANS).gather(random.integers(0, 4, account_count).astype(np.uint32)),
        "seats": seats,
        "segment": pl.Series(SEGMENTS).gather(
            random.integers(0, 4, account_count).astype(np.uint32)),
        "renewal_date": pl.Series((first + 395 + random.integers(0, 180, account_count)).astype(
            "datetime64[D]")),
    }).write_csv(path / "accounts.csv")
    per_day = max(1, byte_count // 56 // DAY_COUNT)
    with open(path / "events.csv", "wb") as file:
        for day in range(DAY_COUNT):
            account = np.searchsorted(chances, random.random(per_day))
            user = first_user[account] + (
                seats[account] * random.random(per_day) ** 1.8).astype(int)
            seconds = np.sort(np.clip(random.normal(52_200, 11_500, per_day), 0, 86_399))
            kind = (len(KINDS) * random.random(per_day) ** 2.2).astype(np.uint32)
            midnight = np.datetime64(FIRST_DAY + datetime.timedelta(days=day), "ms")
            pl.DataFrame({
                "account_id": account_id.gather(account.astype(np.uint32)),
                "user_id": user_id.gather(user.astype(np.uint32)),
                "timestamp": pl.Series(
                    midnight + seconds.astype("timedelta64[s]").astype("timedelta64[ms]")
                ).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "event_name": kind_name.gather(kind),
                "quantity": 1 + random.integers(0, 400, per_day) // 100 / 4,
            }).write_csv(file, include_header=day == 0)
    return os.path.getsize(path / "events.csv")


def configuration(path, exclude):
    """Writes `retain.yaml` for a folder; returns its path."""
    features = [
        "counts: raw", f"windows: {WINDOWS}", f"key_events: [{', '.join(KINDS)}]",
        f"exclude: [{', '.join(exclude)}]"]
    text = f"""version: 1
sources:
  accounts:
    files: accounts.csv
    columns: {{created_at: signup_date}}
    attributes: [plan, seats]
  events:
    files: events.csv
    columns: {{ts: timestamp, event: event_name, value: quantity}}
as_of: {{before: renewal_date, days: {LEAD_DAYS}}}
features:
""" + "".join(f"  {line}\n" for line in features)
    written = Path(path) / "retain.yaml"
    written.write_text(text)
    return written


# The name of each column in what `retain features` writes.
OUR_NAMES = (
    {"tenure_days": "tenure_days", "seats": "account_seats", "plan": "account_plan",
     "segment": "segment", "recency_days": "days_since_last_event", "slope_12w": "slope_12w"}
    | {f"cnt_{window}": f"events_{window}" for window in WINDOWS}
    | {f"users_{window}": f"users_{window}" for window in WINDOWS}
    | {f"kinds_{window}": f"event_types_{window}" for window in WINDOWS}
    | {f"days_{window}": f"active_days_{window}" for window in WINDOWS}
    | {f"qty_{window}": f"amount_{window}" for window in WINDOWS}
    | {f"ratio_{window}": f"ratio_{window}_prev" for window in WINDOWS}
    | {f"ev28_{kind}": f"events_28_of_{kind}" for kind in KINDS})


def our_matrix(path):
    """What `retain features` wrote, in the order of COLUMNS."""
    table = pl.read_csv(path, infer_schema_length=None)
    # NaN is how an empty cell of a number is told here.
    columns = []
    for name in COLUMNS:
        column = table[OUR_NAMES[name]]
        if name in ("plan", "segment"):
            words = PLANS if name == "plan" else SEGMENTS
            column = column.replace_strict(words, list(range(4)), return_dtype=pl.Float64)
        columns.append(column.cast(pl.Float64).fill_null(float("nan")).to_numpy())
    return table["account_id"].to_list(), np.stack(columns, axis=1)
