"""Reads an event log into typed columns: python read_once.py EVENTS.csv PEER THREADS."""
import json
import sys
import time

from usage_log import KINDS


def with_polars(path, _):
    import polars as pl

    schema = {
        "account_id": pl.String, "user_id": pl.String, "timestamp": pl.String,
        "event_name": pl.Enum(KINDS), "quantity": pl.Float64}
    stamp = pl.col("timestamp").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us")
    return lambda: pl.scan_csv(path, schema=schema).with_columns(stamp).collect(
        engine="streaming").height


def with_pyarrow(path, threads):
    import pyarrow
    from pyarrow import csv

    pyarrow.set_cpu_count(threads)
    types = {
        "account_id": pyarrow.string(), "user_id": pyarrow.string(),
        "timestamp": pyarrow.timestamp("s", "UTC"),
        "event_name": pyarrow.dictionary(pyarrow.int32(), pyarrow.string()),
        "quantity": pyarrow.float64()}
    return lambda: csv.read_csv(
        path, read_options=csv.ReadOptions(use_threads=threads > 1, block_size=8 << 20),
        convert_options=csv.ConvertOptions(column_types=types)).num_rows


def with_duckdb(path, threads):
    import duckdb

    database = duckdb.connect()
    database.execute(f"SET threads={threads}; SET preserve_insertion_order=false")
    database.execute(f"CREATE TYPE kind_t AS ENUM ({', '.join(repr(kind) for kind in KINDS)})")
    query = f"""CREATE TEMP TABLE events AS SELECT * FROM read_csv(
        '{path}', header=true, auto_detect=false, delim=',', quote='', escape='', columns={{
          'account_id': 'VARCHAR', 'user_id': 'VARCHAR', 'timestamp': 'TIMESTAMP',
          'event_name': 'kind_t', 'quantity': 'DOUBLE'}})"""
    return lambda: database.execute(query).fetchone()[0]


path, peer, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
read = {"polars": with_polars, "pyarrow": with_pyarrow, "duckdb": with_duckdb}[peer](path, threads)
begin = time.perf_counter()
rows = read()
print(json.dumps({"work_s": time.perf_counter() - begin, "rows": rows}))
