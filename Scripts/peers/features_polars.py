"""The 64 columns with Polars: python features_polars.py FOLDER MATRIX.npy VARIANT.

VARIANT `once` reads the log once and keeps what is needed of it; `streaming` reads it for all
groupings in one streaming plan, slower and with half the memory.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from usage_log import COLUMNS, KINDS, LEAD_DAYS, PLANS, SEGMENTS, WINDOWS


def matrix(folder, variant):
    """The ids of the accounts and the matrix, in the order of `accounts.csv`."""
    accounts = pl.read_csv(folder / "accounts.csv", schema={
        "account_id": pl.String, "signup_date": pl.Date, "plan": pl.Enum(PLANS),
        "seats": pl.Int32, "segment": pl.Enum(SEGMENTS), "renewal_date": pl.Date,
    }).with_row_index("account").with_columns(
        as_of=pl.col("renewal_date") - pl.duration(days=LEAD_DAYS))
    keys = accounts.lazy().select(
        "account_id", "account", as_of_day=pl.col("as_of").cast(pl.Int32))
    day = pl.col("timestamp").str.slice(0, 10).str.to_date("%Y-%m-%d").cast(pl.Int32)
    age = pl.col("age")
    past = (
        pl.scan_csv(folder / "events.csv", schema={
            "account_id": pl.String, "user_id": pl.String, "timestamp": pl.String,
            "event_name": pl.Enum(KINDS), "quantity": pl.Float64})
        # Enough to tell users apart, and cheaper to group by than text.
        .select(
            "account_id", "quantity", user=pl.col("user_id").hash(), day=day,
            kind=pl.col("event_name").to_physical().cast(pl.UInt8))
        .join(keys, on="account_id", how="inner")
        .with_columns(age=(pl.col("as_of_day") - pl.col("day")).cast(pl.Int16))
        .filter(age >= 1)
        .select("account", "user", "kind", "age", "quantity"))
    if variant == "once":
        past = past.collect(engine="streaming").lazy()
    window = past.filter(age <= max(WINDOWS))
    newest, days, users, kinds = pl.collect_all([
        past.group_by("account").agg(age.min().alias("recency_days")),
        past.filter(age <= 2 * max(WINDOWS)).group_by("account", "age").agg(
            pl.len().alias("events"), pl.col("quantity").sum()),
        window.group_by("account", "user").agg(age.min()),
        window.group_by("account", "kind").agg(age.min(), (age <= 28).sum().alias("recent")),
    ], engine="streaming" if variant == "streaming" else "in-memory")
    events = pl.col("events")
    by_day = []
    for each in WINDOWS:
        by_day += [
            events.filter(age <= each).sum().alias(f"cnt_{each}"),
            (age <= each).sum().alias(f"days_{each}"),
            pl.col("quantity").filter(age <= each).sum().alias(f"qty_{each}"),
            events.filter((age > each) & (age <= 2 * each)).sum().alias(f"before_{each}")]
    weight = (5.5 - ((age - 1) // 7).cast(pl.Float64)) / 143
    by_day.append((weight * events).filter(age <= 84).sum().alias("slope_12w"))
    within = lambda name: [(age <= each).sum().alias(f"{name}_{each}") for each in WINDOWS]
    parts = [
        days.lazy().group_by("account").agg(by_day),
        users.lazy().group_by("account").agg(within("users")),
        kinds.lazy().group_by("account").agg(within("kinds") + [
            pl.col("recent").filter(pl.col("kind") == code).sum().alias(f"ev28_{kind}")
            for code, kind in enumerate(KINDS)]),
        newest.lazy()]
    table = accounts.lazy()
    for part in parts:
        table = table.join(part, on="account", how="left")
    counts = [name for name in COLUMNS if name.split("_")[0] in (
        "cnt", "users", "kinds", "days", "qty", "ev28", "slope")]
    table = (
        table.with_columns(
            pl.col(name).fill_null(0) for name in counts + [f"before_{each}" for each in WINDOWS])
        .with_columns(
            [((pl.col(f"cnt_{each}") + 1) / (pl.col(f"before_{each}") + 1)).alias(f"ratio_{each}")
             for each in WINDOWS]
            + [(pl.col("as_of") - pl.col("signup_date")).dt.total_days().alias("tenure_days"),
               pl.col("plan").to_physical(), pl.col("segment").to_physical()])
        .sort("account").select(["account_id"] + [pl.col(name).cast(pl.Float32)
                                                  for name in COLUMNS])
        .collect())
    return table["account_id"], table.select(COLUMNS).to_numpy(order="c")


if __name__ == "__main__":
    begin = time.perf_counter()
    ids, values = matrix(Path(sys.argv[1]), sys.argv[3])
    seconds = time.perf_counter() - begin
    np.save(sys.argv[2], values)
    print(json.dumps({"work_s": seconds, "rows": len(ids)}))
