#!/usr/bin/env python3
"""Writes the reference outputs that ExplanationTests compare with.

Needs Python 3.12 or later with the versions of Scripts/peers/requirements-shap.txt, for which it makes
an environment on first use. Run from anywhere: python3 Scripts/make-golden-shap.py
The tests themselves need no Python; run this only to change the cases.
"""

import sys
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent
sys.path.insert(0, str(SCRIPTS / "peers"))

import environment

environment.use("shap", python="3.12")
environment.ensure()

import json
import math

import lightgbm
import numpy as np
import shap

from tree_text import trees_of

FILE = SCRIPTS.parent / "Tests/ExplanationTests/Golden/shap.json"
ROW_COUNT, EXPLAINED = 2000, 40
random = np.random.default_rng(23)


def drawn():
    """Four quantities with gaps, a category of 8 levels and one of 40; labels."""
    x = np.empty((ROW_COUNT, 6))
    x[:, 0] = random.standard_normal(ROW_COUNT).round(2)
    x[:, 1] = random.gamma(2, 2, ROW_COUNT).round(2)
    x[:, 2] = (0.6 * x[:, 0] + 0.8 * random.standard_normal(ROW_COUNT)).round(2)
    x[:, 3] = random.integers(0, 5, ROW_COUNT)
    x[:, 4] = random.integers(0, 8, ROW_COUNT)
    x[:, 5] = random.integers(0, 40, ROW_COUNT)
    effect = random.normal(0, 1, 40)
    score = (
        x[:, 0] * (x[:, 3] > 1) - 0.3 * (x[:, 1] - 4) + np.abs(x[:, 2])
        + (x[:, 4] % 3 == 1) * x[:, 0] + effect[x[:, 5].astype(int)] - 1)
    gaps = random.random(x.shape) < 0.12
    score = np.where(gaps[:, 0], score + 0.8, score)
    x[gaps] = np.nan
    return x, (random.random(ROW_COUNT) < 1 / (1 + np.exp(-score))).astype(int)


def grown(x, labels, categories):
    """A booster of trees as deep as they like to be."""
    parameters = {
        "objective": "binary", "num_leaves": 20, "learning_rate": 0.2, "min_data_in_leaf": 5,
        "min_data_per_group": 10, "cat_smooth": 2, "deterministic": True, "num_threads": 1,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(x, labels, categorical_feature=categories)
    return lightgbm.Booster(model_str=lightgbm.train(parameters, data, 12).model_to_string())


def newton(x, labels):
    """The coefficients of a logistic regression without a penalty, intercept first."""
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        hessian = (design * (p * (1 - p))[:, None]).T @ design
        beta += np.linalg.solve(hessian, design.T @ (labels - p))
    return beta


def shared_out(booster, rows, background):
    """Interventional Shapley values over all coalitions."""
    count = rows.shape[1]
    worths = {}
    for known in range(2 ** count):
        own = [known >> column & 1 == 1 for column in range(count)]
        mixed = np.where(own, rows[:, None, :], background[None, :, :]).reshape(-1, count)
        scores = booster.predict(mixed, raw_score=True).reshape(len(rows), len(background))
        worths[known] = scores.mean(1)
    values = np.zeros(rows.shape)
    for column in range(count):
        for known in worths:
            if known >> column & 1 == 0:
                size = known.bit_count()
                orders = math.factorial(size) * math.factorial(count - size - 1)
                values[:, column] += orders * (worths[known | 1 << column] - worths[known])
    return values / math.factorial(count)


def cells(rows):
    """Rows as lists; null is missing."""
    return [[None if np.isnan(value) else value for value in row] for row in rows.tolist()]


x, labels = drawn()

# Trees with categories: LightGBM's own values. Some levels were never seen.
mixed = grown(x, labels, [4, 5])
mixed_rows = x[:EXPLAINED].copy()
mixed_rows[:4, 4] = 20
mixed_rows[2:6, 5] = 77
mixed_values = mixed.predict(mixed_rows, pred_contrib=True)

# Trees of quantities alone, which shap explains by itself.
numeric = grown(x[:, :4], labels, [])
rows, background = x[:EXPLAINED, :4], x[500:530, :4]
against = shap.TreeExplainer(numeric, data=background, feature_perturbation="interventional")
path = shap.TreeExplainer(numeric)
interactions = path.shap_interaction_values(rows[:10])
score = numeric.predict(rows, raw_score=True)
against_values = np.asarray(against.shap_values(rows))
assert against_values.shape == rows.shape and np.asarray(interactions).shape == (10, 4, 4)
against_mean = float(np.ravel(against.expected_value)[-1])
# shap keeps the weights of coalitions as floats of 32 bits here, so the definition is stored beside it:
# LightGBM's scores of rows whose unknown columns are the background's, shared out.
by_definition = shared_out(numeric, rows, background)
assert np.abs(by_definition.sum(1) + against_mean - score).max() < 1e-12
assert np.abs(by_definition - against_values).max() < 1e-6

# Logistic regression: independent columns, so that the means are all that counts.
filled = np.where(np.isnan(x), 0, x)[:400, :4]
beta = newton(filled, labels[:400])
masker = shap.maskers.Independent(filled, max_samples=len(filled))
linear = shap.LinearExplainer((beta[1:], beta[0]), masker)

found = {
    "script": "Scripts/make-golden-shap.py",
    "versions": environment.versions(),
    "tolerance": 1e-9,
    "about": "null is missing; features 4 and 5 of mixed are categories, whose levels go left",
    "mixed": {
        "trees": trees_of(mixed), "rows": cells(mixed_rows),
        "values": mixed_values[:, :-1].tolist(), "mean": float(mixed_values[0, -1]),
    },
    "numeric": {
        "trees": trees_of(numeric), "rows": cells(rows),
        "values": numeric.predict(rows, pred_contrib=True)[:, :-1].tolist(),
        "mean": float(numeric.predict(rows, pred_contrib=True)[0, -1]),
    },
    "background": {
        "rows": cells(background), "values": by_definition.tolist(),
        "shap": against_values.tolist(), "mean": against_mean,
    },
    "interactions": np.asarray(interactions).reshape(10, -1).tolist(),
    "linear": {
        "rows": cells(filled), "labels": labels[:400].tolist(), "coefficients": beta.tolist(),
        "values": linear.shap_values(filled[:EXPLAINED]).tolist(),
        "mean": float(linear.expected_value),
    },
}
FILE.parent.mkdir(exist_ok=True)
FILE.write_text("{\n" + ",\n".join(
    f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}" for key, value in found.items()
) + "\n}\n")
