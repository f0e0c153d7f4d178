"""One fit of one peer in a process of its own: prints its seconds as JSON.

Usage: fit_once.py SET FILE.csv PEER THREADS. What is imported is imported before the clock starts.
"""
import json
import sys
import time
from pathlib import Path

import datasets
import models


def main(name, path, peer, threads):
    public_set = datasets.SETS[name]
    library, _, solver = peer.partition(" ")
    if library == "LightGBM":
        import lightgbm  # noqa: F401
    else:
        import sklearn.compose, sklearn.linear_model, sklearn.pipeline  # noqa: E401, F401
    import pandas  # noqa: F401

    begin = time.perf_counter()
    features, labels = datasets.read(public_set, Path(path))
    read = time.perf_counter()
    learner = "gbm" if library == "LightGBM" else "logistic"
    models.fitted(learner, features, labels, int(threads), solver)
    end = time.perf_counter()
    print(json.dumps({"read_s": read - begin, "fit_s": end - read, "read_and_fit_s": end - begin}))


main(*sys.argv[1:])
