"""One fit of one peer on a made-up table: prints its time, memory and quality as JSON.

Usage: boost_once.py FOLDER PEER TREES LEAVES THREADS CATEGORIES. What is imported is imported, and
the features are in memory, before the clock starts.
"""
import importlib
import json
import resource
import sys
import time
from pathlib import Path

import boosting_data
import metrics
from boosting_peers import PEERS, Task


def peak_bytes():
    """The most memory of this process so far."""
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def resident_bytes():
    """The memory of this process now; its peak where /proc is not."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return peak_bytes()


def main(folder, name, *counts):
    path, peer = Path(folder), PEERS[name](Task(*map(int, counts)))
    importlib.import_module(peer.module)
    if peer.module == "sklearn":
        importlib.import_module("sklearn.ensemble")
    cells, labels = boosting_data.arrays(path, "train")
    cells = peer.prepared(cells)
    before = resident_bytes()
    begin = time.perf_counter()
    model = peer.fit(cells, labels)
    seconds = time.perf_counter() - begin
    peak = peak_bytes()
    cells, labels = boosting_data.arrays(path, "test")
    judged = metrics.of_probabilities(peer.probabilities(model, peer.prepared(cells)), labels)
    print(json.dumps(
        {"fit_s": seconds, "fit_peak_bytes": peak, "fit_added_bytes": peak - before} | judged))


main(*sys.argv[1:])
