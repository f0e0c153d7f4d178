"""Fits of one peer on a made-up table: prints the time of the one that counts, as JSON.

Usage: logistic_once.py FOLDER PEER THREADS TOLERANCE|search. `search` tries tolerances from loose
to tight until the objective is close enough to the optimum, for at most a minute; the last fit
counts. What is imported is imported, and a few rows are fitted, before the clock starts.
"""
import importlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

import logistic_data
from logistic_peers import PEERS


def peak_bytes():
    """The most memory of this process so far."""
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def encoded(path):
    """The table as its user makes it: pandas, a sparse one-hot, numbers standardised."""
    import pandas
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    frame = pandas.read_csv(path / "filled.csv", dtype={
        name: "category" for name in pandas.read_csv(path / "filled.csv", nrows=0).columns
        if name.startswith("level_")})
    labels = frame.pop(logistic_data.LABEL).to_numpy(float)
    begin = time.perf_counter()
    matrix = make_column_transformer(
        (OneHotEncoder(min_frequency=logistic_data.MIN_ROWS_PER_LEVEL,
                       handle_unknown="infrequent_if_exist"),
         make_column_selector(dtype_exclude=np.number)),
        (StandardScaler(), make_column_selector(dtype_include=np.number)),
        sparse_threshold=1).fit_transform(frame)
    return matrix, labels, time.perf_counter() - begin


def main(folder, name, threads, tolerance):
    path, peer = Path(folder), PEERS[name]
    importlib.import_module(peer.module)
    encode_s = None
    if (path / "design.npy").exists():
        matrix, labels = np.load(path / "design.npy"), np.load(path / "labels.npy")
    else:
        matrix, labels, encode_s = encoded(path)
    tried = peer.tolerances if tolerance == "search" else [json.loads(tolerance)]
    peer.fit(matrix[:2000], labels[:2000], tried[0], int(threads))
    start = time.perf_counter()
    for each in tried:
        begin = time.perf_counter()
        parameters = peer.fit(matrix, labels, each, int(threads))
        seconds = time.perf_counter() - begin
        peak = peak_bytes()
        gap = logistic_data.gap(path, matrix, labels, parameters) if peer.is_penalised else None
        if gap is None or gap <= logistic_data.GAP or time.perf_counter() - start > 60:
            break
    print(json.dumps({
        "fit_s": seconds, "encode_s": encode_s, "tolerance": each, "gap": gap,
        "columns": matrix.shape[1], "fit_peak_bytes": peak}))


main(*sys.argv[1:])
