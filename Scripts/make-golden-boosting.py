#!/usr/bin/env python3
"""Writes the reference outputs that GradientBoostingTests compare with.

Needs Python 3.11 or later with exactly
    lightgbm==4.7.0 numpy==2.4.6
Run from anywhere: python3 Scripts/make-golden-boosting.py
The tests themselves need no Python; run this only to change the cases.
"""

import json
import pathlib

import lightgbm
import numpy as np

FILE = (
    pathlib.Path(__file__).resolve().parent.parent
    / "Tests/GradientBoostingTests/Golden/lightgbm.json"
)
VERSIONS = {"lightgbm": "4.7.0", "numpy": "2.4.6"}
FOUND = {"lightgbm": lightgbm.__version__, "numpy": np.__version__}
assert FOUND == VERSIONS, f"found {FOUND}, expected {VERSIONS}"

ROW_COUNT = 1500
random = np.random.default_rng(11)
x = np.empty((ROW_COUNT, 5))
x[:, 0] = random.integers(0, 40, ROW_COUNT)
x[:, 1] = random.integers(0, 30, ROW_COUNT)
x[:, 2] = random.integers(0, 20, ROW_COUNT)
x[:, 3] = random.integers(0, 50, ROW_COUNT)
x[:, 4] = random.integers(0, 12, ROW_COUNT)
score = (
    (x[:, 0] - 20) / 14
    + np.where(x[:, 1] > 12, 0.9, -0.4) * np.where(x[:, 0] > 15, 1, -0.6)
    - np.abs(x[:, 2] - 9) / 7
    + random.normal(0, 0.9, 12)[x[:, 4].astype(int)]
)
# Missing cells that tell something.
x[random.random(ROW_COUNT) < 0.12, 1] = np.nan
score = np.where(np.isnan(x[:, 1]), score + 0.7, score)
labels = random.random(ROW_COUNT) < 1 / (1 + np.exp(-score))

# Each value has a bin, so that both sides see the same bins. Trees are small, because LightGBM does
# not try a feature again below a node that it could not split on it, which shows in larger ones.
COMMON = {
    "objective": "binary",
    "learning_rate": 0.3,
    "num_leaves": 5,
    "min_data_in_leaf": 20,
    "min_sum_hessian_in_leaf": 0.001,
    "lambda_l2": 1.0,
    "max_bin": 255,
    "min_data_in_bin": 1,
    "feature_pre_filter": False,
    "deterministic": True,
    "num_threads": 1,
    "force_col_wise": True,
    "verbosity": -1,
}
CASES = {
    "plain": {},
    "l1": {"lambda_l1": 12.0},
    # Without the category, whose gains LightGBM takes over another value of the node then.
    "path smoothing": {"path_smooth": 60.0, "feature_contri": [1, 1, 1, 1, 0]},
    "l1 and path smoothing": {
        "lambda_l1": 1.0,
        "path_smooth": 25.0,
        "feature_contri": [1, 1, 1, 1, 0],
    },
    "depth": {"max_depth": 2},
    "least gain": {"min_gain_to_split": 17.5},
    "feature weights": {"feature_contri": [0.3, 1.0, 0.6, 1.0, 0.2]},
    "interactions": {"interaction_constraints": [[0, 2], [1, 4]]},
    "monotone": {
        "monotone_constraints": [-1, 0, 1, 0, 0],
        "monotone_constraints_method": "basic",
    },
    "smoothed categories": {"cat_smooth": 60.0},
    "one-hot categories": {"max_cat_to_onehot": 20},
    "heavier categories": {"cat_l2": 120.0},
    "few levels on a side": {"max_cat_threshold": 2},
    "large groups of levels": {"min_data_per_group": 300},
}


def scores(parameters):
    data = lightgbm.Dataset(x, labels, categorical_feature=[4], free_raw_data=False)
    model = lightgbm.train(COMMON | parameters, data, num_boost_round=2)
    return model.predict(x[:60], raw_score=True).tolist()


def cells(column):
    return [None if np.isnan(value) else int(value) for value in column]


FILE.write_text(
    json.dumps(
        {
            "script": "Scripts/make-golden-boosting.py",
            "versions": VERSIONS,
            "about": "raw scores of the first 60 rows after 2 trees; null is missing; the last column is a category",
            "common": COMMON,
            "columns": [cells(column) for column in x.T],
            "labels": [int(label) for label in labels],
            "cases": [
                {"name": name, "parameters": parameters, "scores": scores(parameters)}
                for name, parameters in CASES.items()
            ],
        },
        separators=(",", ":"),
    ).replace('"script"', '\n"script"').replace('{"name"', '\n{"name"')
    + "\n"
)
