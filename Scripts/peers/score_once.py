"""Rows scored by one peer in a process of its own: prints the median of some runs as JSON.

Usage: score_once.py FOLDER PEER THREADS ROWS.npy. FOLDER holds the models. The rows are in memory
and the model is compiled before the clock starts.
"""
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from scoring_peers import PEERS, with_lightgbm


def main(folder, name, threads, rows):
    folder, threads, cells = Path(folder), int(threads), np.load(rows)
    # Some libraries print to standard output, which is for the JSON.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    make, _, has_same_trees = PEERS[name]
    score = make(folder, threads)
    head, off = cells[:10_000], None
    scores = np.asarray(score(head), float)
    if has_same_trees:
        off = float(np.abs(scores - with_lightgbm(folder, threads)(head)).max())
    seconds = []
    # The processor's caches and clock settle within a few runs.
    while len(seconds) < 3 or (sum(seconds) < 2 and len(seconds) < 20):
        begin = time.perf_counter()
        score(cells)
        seconds.append(time.perf_counter() - begin)
    output.write(json.dumps({"score_s": statistics.median(seconds), "off": off}))
    output.close()


main(*sys.argv[1:])
