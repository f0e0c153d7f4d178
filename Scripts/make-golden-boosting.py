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


def positive_weight(weight):
    """Raw scores by scale_pos_weight, begun with the weighted base rate, less the weight's log.

    LightGBM itself begins with the unweighted rate, whatever the weight.
    """
    start = np.log(weight * labels.mean() / (1 - labels.mean()))
    data = lightgbm.Dataset(
        x, labels, categorical_feature=[4], init_score=np.full(ROW_COUNT, start)
    )
    parameters = COMMON | {"scale_pos_weight": weight, "boost_from_average": False}
    model = lightgbm.train(parameters, data, num_boost_round=2)
    return (model.predict(x[:60], raw_score=True) + start - np.log(weight)).tolist()


def confidence_loss(u, gamma, label):
    """The focal loss of Lin et al. 2017 at log odds `u` of the confidence."""
    log_q, log_r = -np.logaddexp(0, -u), -np.logaddexp(0, u)
    if label:
        return -np.exp(gamma * log_r) * log_q
    return -np.exp(gamma * log_q) * log_r


def best_confidence(score, gamma):
    """The `u` of least expected focal loss where the outcome's log odds are `score`, by its slope."""
    p = 1 / (1 + np.exp(-score))
    low, high = np.minimum(score, 0.0) - 1, np.maximum(score, 0.0) + 1
    for _ in range(200):
        u = (low + high) / 2
        step = 1e-4
        rises = sum(
            share
            * (
                confidence_loss(u + step, gamma, label)
                - confidence_loss(u - step, gamma, label)
            )
            for share, label in [(p, True), (1 - p, False)]
        ) > 0
        low, high = np.where(rises, low, u), np.where(rises, u, high)
    return (low + high) / 2


def focal_slope(score, gamma):
    """The derivative of a positive row's loss by the true log odds."""
    step = 1e-3

    def loss(s):
        return confidence_loss(best_confidence(s, gamma), gamma, True)

    return (loss(score + step) - loss(score - step)) / (2 * step)


def focal(gamma):
    """Raw scores by an objective of our own in the true log odds: Fisher scoring."""

    def objective(scores, data):
        values, place = np.unique(scores, return_inverse=True)
        p = 1 / (1 + np.exp(-values))
        weight = (-focal_slope(values, gamma) / (1 - p))[place]
        p = p[place]
        return weight * (p - data.get_label()), weight * p * (1 - p)

    start = np.log(labels.mean() / (1 - labels.mean()))
    data = lightgbm.Dataset(
        x, labels, categorical_feature=[4], init_score=np.full(ROW_COUNT, start)
    )
    model = lightgbm.train(COMMON | {"objective": objective}, data, num_boost_round=2)
    return (model.predict(x[:60], raw_score=True) + start).tolist()


def continued():
    """Raw scores of two trees on the first half of the rows, and two other ones on the second."""
    half = ROW_COUNT // 2
    first = lightgbm.train(
        COMMON,
        lightgbm.Dataset(x[:half], labels[:half], categorical_feature=[4]),
        num_boost_round=2,
    )
    second = lightgbm.train(
        COMMON | {"learning_rate": 0.15, "num_leaves": 4},
        lightgbm.Dataset(
            x[half:], labels[half:], categorical_feature=[4], free_raw_data=False
        ),
        num_boost_round=2,
        init_model=first,
    )
    return second.predict(x[:60], raw_score=True).tolist()


def nodes(tree):
    """The nodes of a dumped tree, children after their parent."""
    found = []

    def add(node):
        place = len(found)
        if "leaf_value" in node:
            found.append({"value": node["leaf_value"]})
            return place
        found.append(
            {
                "feature": node["split_feature"],
                "threshold": node["threshold"],
                "missing_left": node["default_left"],
            }
        )
        found[place]["left"] = add(node["left_child"])
        found[place]["right"] = add(node["right_child"])
        return place

    add(tree["tree_structure"])
    return found


def refitted():
    """A model of numbers alone, and what Booster.refit makes of it on other rows.

    Both halves have as many positive rows as negative ones, because LightGBM puts the base rate into
    the first tree, and refits that tree without a learning rate.
    """
    half = ROW_COUNT // 2
    count = min(
        int(part.sum()) for part in (labels[:half], ~labels[:half], labels[half:], ~labels[half:])
    )

    def balanced(offset):
        part = labels[offset : offset + half]
        rows = np.concatenate([np.flatnonzero(part)[:count], np.flatnonzero(~part)[:count]])
        return np.sort(rows) + offset

    old, new = balanced(0), balanced(half)
    parameters = COMMON | {
        "boost_from_average": False,
        "num_leaves": 8,
        "lambda_l1": 0.5,
        "min_data_in_leaf": 40,
    }
    model = lightgbm.train(
        parameters, lightgbm.Dataset(x[old][:, :4], labels[old]), num_boost_round=10
    )
    cases = []
    for decay in [0.9, 0.25]:
        after = model.refit(x[new][:, :4], labels[new], decay_rate=decay)
        cases.append(
            {
                "decay": decay,
                "trees": [nodes(tree) for tree in after.dump_model()["tree_info"]],
            }
        )
    return {
        "rows": new.tolist(),
        "trees": [nodes(tree) for tree in model.dump_model()["tree_info"]],
        "cases": cases,
    }


FOCAL_SCORES = [-12.0, -5.0, -1.0, -0.2, 0.0, 0.5, 2.0, 8.0]


def focal_points(gamma):
    points = np.array(FOCAL_SCORES)
    u = best_confidence(points, gamma)
    return {
        "gamma": gamma,
        "confidences": u.tolist(),
        "losses": confidence_loss(u, gamma, True).tolist(),
        "slopes": focal_slope(points, gamma).tolist(),
    }


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
            "positive_weight": {"weight": 4.0, "scores": positive_weight(4.0)},
            "focal": {"gamma": 2.0, "scores": focal(2.0)},
            "focal_scores": FOCAL_SCORES,
            "focal_curves": [focal_points(gamma) for gamma in [0.5, 1.0, 2.0, 5.0]],
            "continued": continued(),
            "refitted": refitted(),
        },
        separators=(",", ":"),
    ).replace('"script"', '\n"script"').replace('{"name"', '\n{"name"')
    .replace('"positive_weight"', '\n"positive_weight"')
    + "\n"
)
