"""What a user of LightGBM would write: read a CSV, fit, save.

Usage: small_once.py FILE.csv LABEL POSITIVE DROPPED,... TREES LEAVES THREADS MODEL. Timed as a
whole process, the start of Python included.
"""
import sys

import lightgbm
import pandas

from models import L2, LEARNING_RATE, MAX_BINS, MIN_ROWS_PER_LEAF

path, label, positive, dropped, trees, leaves, threads, model = sys.argv[1:]
frame = pandas.read_csv(path, na_values=[" "])
features = frame.drop(columns=[label, *filter(None, dropped.split(","))])
for name in features.columns[[not pandas.api.types.is_numeric_dtype(t) for t in features.dtypes]]:
    features[name] = features[name].astype("category")
parameters = {
    "objective": "binary", "num_leaves": int(leaves), "learning_rate": LEARNING_RATE,
    "lambda_l2": L2, "min_data_in_leaf": MIN_ROWS_PER_LEAF, "max_bin": MAX_BINS,
    "num_threads": int(threads), "seed": 1, "verbosity": -1}
data = lightgbm.Dataset(features, frame[label].astype(str) == positive)
lightgbm.train(parameters, data, int(trees)).save_model(model)
print("{}")
