#!/usr/bin/env python3
"""Writes the reference outputs of CalibrationTests for temperature, conformal bands and Venn-Abers.

Run from anywhere: Scripts/make-golden calibration. Needs Python 3.11 or later; makes an environment
of its own from Scripts/peers/requirements-calibration.txt on first use. The tests themselves need
no Python; run this only to change the cases.

Venn-Abers intervals are computed by their definition, one isotonic regression of scikit-learn for
each score and each outcome; where a score is one of the fitted, the package venn-abers has to agree.
"""
import json
import os
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import environment

environment.use("calibration")
environment.ensure()

import numpy as np
from mapie.classification import SplitConformalClassifier
from scipy import optimize, special
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression
from venn_abers import VennAbers

TARGET = environment.CHECKOUT / "Tests/CalibrationTests/Golden/certainty.json"


class Given(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose feature is the score."""

    def fit(self, features, labels):
        self.classes_ = np.array([0, 1])
        self.n_features_in_ = 1
        return self

    def predict_proba(self, features):
        return np.column_stack([special.expit(-features[:, 0]), special.expit(features[:, 0])])

    def predict(self, features):
        return (features[:, 0] > 0).astype(int)


def usual(scores, labels, outcome, level, tried):
    """Whether an outcome is in the conformal set, by MAPIE calibrated on rows of it alone."""
    rows = labels == outcome
    needed = np.ceil(level * (rows.sum() + 1))
    if needed > rows.sum():
        return [True] * len(tried)
    model = SplitConformalClassifier(
        estimator=Given().fit(None, None), confidence_level=level, prefit=True,
        conformity_score="lac")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that rows of one class are fewer than the classes
        model.conformalize(scores[rows][:, None], labels[rows])
    _, sets = model.predict_set(tried[:, None])
    return [bool(each) for each in sets[:, outcome, 0]]


def isotonic_with(scores, labels, score, outcome):
    """The isotonic rate at a score once a row of an outcome is added there."""
    fitted = IsotonicRegression().fit(np.append(scores, score), np.append(labels, outcome))
    return float(fitted.predict([score])[0])


def temperature(scores, labels):
    """1 over the temperature of least loss with Platt's smoothed targets."""
    high, low = labels.sum(), (1 - labels).sum()
    targets = np.where(labels == 1, (high + 1) / (high + 2), 1 / (low + 2))
    slope = 0.0
    for _ in range(200):
        p = special.expit(slope * scores)
        gradient = (scores * (p - targets)).sum()
        slope -= gradient / (scores**2 * p * (1 - p)).sum()
    assert abs(gradient) < 1e-9, gradient
    check = optimize.minimize_scalar(
        lambda s: (np.logaddexp(0, s * scores) - targets * s * scores).sum(), bracket=(0.1, 2))
    assert abs(check.x - slope) < 1e-5, (check.x, slope)
    return slope


def case(name, scores, labels, level):
    span = scores.max() - scores.min() + 1
    tried = np.unique(np.concatenate([
        scores, scores + 1e-4, scores - 1e-4,
        [scores.min() - span, scores.max() + span]]).round(6))
    intervals = [[isotonic_with(scores, labels, s, y) for y in (0, 1)] for s in tried]
    peer = VennAbers()
    peer.fit(np.column_stack([special.expit(-scores), special.expit(scores)]), labels)
    known = np.isin(tried, scores)
    _, p0_p1 = peer.predict_proba(
        np.column_stack([special.expit(-tried[known]), special.expit(tried[known])]))
    worst = np.abs(p0_p1 - np.array(intervals)[known]).max()
    print(f"{name}: venn-abers is off by at most {worst:.1e}")
    assert worst < 1e-6
    return {
        "name": name, "scores": scores.tolist(), "labels": [bool(each) for each in labels],
        "level": level, "temperatureSlope": temperature(scores, labels), "tried": tried.tolist(),
        "intervals": intervals,
        "positiveIsUsual": usual(scores, labels, 1, level, tried),
        "negativeIsUsual": usual(scores, labels, 0, level, tried),
    }


def draws(seed, rows, intercept, spread, digits=4):
    generator = np.random.default_rng(seed)
    scores = np.round(generator.normal(intercept, spread, rows), digits)
    labels = (generator.random(rows) < special.expit(scores)).astype(int)
    return scores, labels


def cases():
    yield case("plain", *draws(1, 120, -0.5, 1.5), 0.9)
    yield case("too sure", *(lambda s, y: ((s * 3).round(6), y))(*draws(2, 150, -0.5, 1)), 0.9)
    yield case("ties", *draws(3, 150, 0, 1, digits=1), 0.8)
    yield case("imbalanced", *draws(4, 200, -3, 1), 0.9)
    yield case("few", *draws(5, 14, 0, 1), 0.9)
    yield case("nineteen positives", np.arange(-2, 2, 4 / 38).round(6),
               np.tile([0, 1], 19), 0.9)
    scores = np.linspace(-3, 3, 61).round(6)
    yield case("told apart", scores, (scores > 0.5).astype(int), 0.9)
    yield case("backwards", *(lambda s, y: (-s, y))(*draws(6, 90, 0, 2)), 0.9)


document = {
    "script": "Scripts/make-golden-calibration.py", "versions": environment.versions(),
    "tolerance": {"interval": 1e-12, "temperature": 1e-8}, "cases": list(cases()),
}
text = json.dumps(document, separators=(",", ":"), allow_nan=False)
TARGET.write_text(text.replace('{"name"', '\n{"name"') + "\n")
print(f"{os.path.relpath(TARGET, environment.CHECKOUT)}: {TARGET.stat().st_size} bytes")
