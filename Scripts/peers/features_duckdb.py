"""The 64 columns with DuckDB: python features_duckdb.py FOLDER MATRIX.npy THREADS."""
import json
import sys
import time
from pathlib import Path

import duckdb
import numpy as np

from usage_log import COLUMNS, KINDS, LEAD_DAYS, PLANS, SEGMENTS, WINDOWS


def matrix(folder, threads):
    """The ids of the accounts and the matrix, in the order of `accounts.csv`."""
    database = duckdb.connect()
    database.execute(f"SET threads={threads}; SET preserve_insertion_order=false")
    for name, words in [("kind", KINDS), ("plan", PLANS), ("segment", SEGMENTS)]:
        database.execute(
            f"CREATE TYPE {name}_t AS ENUM ({', '.join(repr(word) for word in words)})")
    reading = "header=true, auto_detect=false, delim=','"
    database.execute(f"""
        CREATE TABLE accounts AS
        SELECT row_number() OVER ()::INT - 1 AS account, *,
          (renewal_date - {LEAD_DAYS})::DATE AS as_of
        FROM read_csv('{folder}/accounts.csv', {reading}, parallel=false, columns={{
          'account_id': 'VARCHAR', 'signup_date': 'DATE', 'plan': 'plan_t', 'seats': 'INTEGER',
          'segment': 'segment_t', 'renewal_date': 'DATE'}})""")
    # What is kept of an event in as few bytes as it takes; the text of the user's id is not.
    database.execute(f"""
        CREATE TEMP TABLE past AS
        SELECT account, hash(user_id) AS user_hash, event_name AS kind,
          (as_of - timestamp::DATE)::SMALLINT AS age, quantity
        FROM read_csv('{folder}/events.csv', {reading}, quote='', escape='', columns={{
          'account_id': 'VARCHAR', 'user_id': 'VARCHAR', 'timestamp': 'TIMESTAMP',
          'event_name': 'kind_t', 'quantity': 'DOUBLE'}})
        JOIN accounts USING (account_id) WHERE as_of > timestamp::DATE""")
    by_day = ", ".join(
        f"sum(events) FILTER (age <= {each}) AS cnt_{each}, "
        f"count(*) FILTER (age <= {each}) AS days_{each}, "
        f"sum(quantity) FILTER (age <= {each}) AS qty_{each}, "
        f"sum(events) FILTER (age > {each} AND age <= {2 * each}) AS before_{each}"
        for each in WINDOWS)
    database.execute(f"""
        CREATE TEMP TABLE by_day AS
        SELECT account, min(age) AS recency_days, {by_day},
          sum((5.5 - (age - 1) // 7) * events / 143.0::DOUBLE) FILTER (age <= 84) AS slope_12w
        FROM (SELECT account, age, count(*)::INT AS events, sum(quantity) AS quantity
              FROM past GROUP BY ALL)
        GROUP BY account""")

    def within(name):
        return ", ".join(
            f"count(*) FILTER (age <= {each}) AS {name}_{each}" for each in WINDOWS)

    database.execute(f"""
        CREATE TEMP TABLE by_user AS SELECT account, {within("users")}
        FROM (SELECT account, user_hash, min(age) AS age FROM past
              WHERE age <= {max(WINDOWS)} GROUP BY ALL)
        GROUP BY account""")
    of_kind = ", ".join(
        f"sum(recent) FILTER (kind = '{kind}') AS ev28_{kind}" for kind in KINDS)
    database.execute(f"""
        CREATE TEMP TABLE by_kind AS SELECT account, {within("kinds")}, {of_kind}
        FROM (SELECT account, kind, min(age) AS age, count(*) FILTER (age <= 28) AS recent
              FROM past WHERE age <= {max(WINDOWS)} GROUP BY ALL)
        GROUP BY account""")
    special = {
        "tenure_days": "as_of - signup_date", "plan": "enum_code(plan)",
        "segment": "enum_code(segment)", "recency_days": "coalesce(recency_days, 'nan'::FLOAT)",
    } | {f"ratio_{each}": f"(coalesce(cnt_{each}, 0) + 1.0) / (coalesce(before_{each}, 0) + 1.0)"
         for each in WINDOWS}
    columns = ", ".join(
        f"({special.get(name, f'coalesce({name}, 0)')})::FLOAT AS {name}" for name in COLUMNS)
    found = database.execute(f"""
        SELECT account_id, {columns} FROM accounts LEFT JOIN by_day USING (account)
        LEFT JOIN by_user USING (account) LEFT JOIN by_kind USING (account)
        ORDER BY account""").fetchnumpy()
    values = np.empty((len(found["account_id"]), len(COLUMNS)), np.float32)
    for place, name in enumerate(COLUMNS):
        values[:, place] = np.ma.filled(found[name], np.nan)
    return found["account_id"], values


if __name__ == "__main__":
    begin = time.perf_counter()
    ids, values = matrix(Path(sys.argv[1]), int(sys.argv[3]))
    seconds = time.perf_counter() - begin
    np.save(sys.argv[2], values)
    print(json.dumps({"work_s": seconds, "rows": len(ids)}))
