"""Contributions computed by one peer in a process of its own: prints the median of some runs as JSON.

Usage: shap_once.py FOLDER PEER THREADS ROWS.npy REFERENCE.npy. The rows are in memory and the model
is ready before the clock starts.
"""
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from shap_peers import PEERS


def main(folder, name, threads, rows, reference):
    cells = np.load(rows)
    # Some libraries print to standard output, which is for the JSON.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    explain = PEERS[name][0](Path(folder), int(threads))
    # The first rows alone, and what the model makes ready with them; XGBoost takes up all rows.
    explain(cells if name == "xgboost" else cells[:64])
    seconds = []
    while not seconds or (sum(seconds) < 2 and len(seconds) < 5):
        begin = time.perf_counter()
        values = explain(cells)
        seconds.append(time.perf_counter() - begin)
    off = float(np.abs(np.asarray(values, float) - np.load(reference)).max())
    output.write(json.dumps({"work_s": statistics.median(seconds), "off": off}))
    output.close()


main(*sys.argv[1:])
