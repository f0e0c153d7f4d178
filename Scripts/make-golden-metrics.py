#!/usr/bin/env python3
"""Writes the reference outputs that EvaluationTests and CalibrationTests compare with.

Needs Python 3.11 or later with exactly
    scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
Run from anywhere: python3 Scripts/make-golden-metrics.py
The tests themselves need no Python; run this only to change the cases.
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from scipy import optimize, special, stats
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSIONS = {"scikit-learn": "1.9.1", "numpy": "2.4.6", "scipy": "1.17.1"}
FOUND = {
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
    "scipy": scipy.__version__,
}
assert FOUND == VERSIONS, f"found {FOUND}, expected {VERSIONS}"


def cumulative(scores, labels, weights):
    """Weight, positives and score sum above each distinct score, best first, from 0."""
    distinct = np.unique(scores)[::-1]
    columns = [
        [(values * (scores == score)).sum() for score in distinct]
        for values in (weights, weights * labels, weights * scores)
    ]
    return [np.concatenate([[0], np.cumsum(column)]) for column in columns]


def shared(scores, labels, weights, cuts):
    """Cumulative positives and score sums at weights from the top.

    Tied rows are shared in proportion, so both are linear between the ends of ties.
    """
    mass, positive, score = cumulative(scores, labels, weights)
    return np.interp(cuts, mass, positive), np.interp(cuts, mass, score)


def lift(scores, labels, weights, share):
    total = weights.sum()
    top, _ = shared(scores, labels, weights, share * total)
    return top / (share * total) / ((weights * labels).sum() / total)


def ece(scores, labels, weights, bins):
    total = weights.sum()
    cuts = np.linspace(0, total, bins + 1)
    positive, score = shared(scores, labels, weights, cuts)
    return np.abs(np.diff(positive) - np.diff(score)).sum() / total


def ks(scores, labels, weights):
    if np.all(weights == 1):
        return stats.ks_2samp(scores[labels == 1], scores[labels == 0]).statistic
    low, high, _ = metrics.roc_curve(
        labels, scores, sample_weight=weights, drop_intermediate=False
    )
    return np.abs(high - low).max()


def metric_case(name, probabilities, labels, weights=None):
    w = np.ones(len(labels)) if weights is None else weights
    loss = metrics.log_loss(labels, probabilities, sample_weight=w, labels=[0, 1])
    return {
        "name": name,
        "probabilities": probabilities.tolist(),
        "labels": [bool(label) for label in labels],
        "weights": None if weights is None else weights.tolist(),
        "rocAUC": metrics.roc_auc_score(labels, probabilities, sample_weight=w),
        "averagePrecision": metrics.average_precision_score(
            labels, probabilities, sample_weight=w
        ),
        "logLoss": loss,
        "brier": metrics.brier_score_loss(labels, probabilities, sample_weight=w),
        "ece": ece(probabilities, labels, w, 10),
        "liftAt10": lift(probabilities, labels, w, 0.1),
        "liftAt33": lift(probabilities, labels, w, 0.33),
        "ks": ks(probabilities, labels, w),
    }


def draws(seed, rows, intercept, spread):
    """Log odds, and outcomes that follow them."""
    generator = np.random.default_rng(seed)
    scores = np.round(generator.normal(intercept, spread, rows), 6)
    labels = (generator.random(rows) < special.expit(scores)).astype(int)
    return generator, scores, labels


def metric_cases():
    def rounded(scores, digits=6):
        return np.round(special.expit(scores), digits)

    _, scores, labels = draws(1, 200, -0.5, 1.5)
    yield metric_case("continuous", rounded(scores), labels)
    _, scores, labels = draws(2, 203, -0.5, 1.5)
    yield metric_case("ties", rounded(scores, 1) * 0.98 + 0.01, labels)
    generator, scores, labels = draws(3, 150, 0, 1)
    yield metric_case("weights", rounded(scores), labels, np.round(generator.gamma(1, 2, 150), 4))
    generator, scores, labels = draws(4, 157, 0, 1)
    weights = generator.integers(0, 4, 157).astype(float)
    yield metric_case("weights and ties", rounded(scores, 1) * 0.98 + 0.01, labels, weights)
    _, scores, labels = draws(5, 600, -4, 1)
    yield metric_case("imbalanced", rounded(scores), labels)
    labels = np.repeat([0, 1], [40, 13])
    yield metric_case("perfect", np.linspace(0.02, 0.97, 53), labels)
    yield metric_case("perfectly wrong", np.linspace(0.97, 0.02, 53), labels)
    generator, scores, _ = draws(6, 250, 0, 1)
    labels = (generator.random(250) < 0.2).astype(int)
    yield metric_case("noise", rounded(scores, 2) * 0.98 + 0.01, labels)
    yield metric_case("constant", np.full(30, 0.3), np.repeat([1, 0], [9, 21]))
    yield metric_case("two rows", np.array([0.2, 0.7]), np.array([0, 1]))


def smoothed(labels, weights):
    high = (weights * labels).sum()
    low = weights.sum() - high
    return np.where(labels == 1, (high + 1) / (high + 2), 1 / (low + 2))


def minimised(columns, labels, weights, bounds):
    """The logistic fit to smoothed targets, by scipy, polished until the gradient vanishes."""
    targets = smoothed(labels, weights)
    weights = weights / weights.sum()

    def loss(theta):
        z = columns @ theta
        p = special.expit(z)
        value = (weights * (np.logaddexp(0, z) - targets * z)).sum()
        return value, columns.T @ (weights * (p - targets))

    theta = np.zeros(columns.shape[1])
    for _ in range(20):
        theta = optimize.minimize(
            loss, theta, jac=True, method="L-BFGS-B", bounds=bounds,
            options={"gtol": 1e-14, "ftol": 0, "maxiter": 10_000, "maxfun": 100_000},
        ).x
    free = [
        index for index, (low, _) in enumerate(bounds) if low is None or theta[index] > low
    ]
    for _ in range(20):
        p = special.expit(columns @ theta)
        gradient = (columns.T @ (weights * (p - targets)))[free]
        part = columns[:, free]
        hessian = part.T @ (part * (weights * p * (1 - p))[:, None])
        theta[free] -= np.linalg.solve(hessian, gradient)
    assert all(low is None or value >= low for value, (low, _) in zip(theta, bounds))
    return theta.tolist()


def calibration_case(name, scores, labels, weights=None):
    w = np.ones(len(labels)) if weights is None else weights / weights.mean()
    sigmoid = _SigmoidCalibration().fit(scores, labels, sample_weight=w)
    isotonic = IsotonicRegression().fit(scores, labels, sample_weight=w)
    ones = np.ones(len(scores))
    log_odds = np.column_stack([scores, ones])
    logs = np.column_stack([special.log_expit(scores), -special.log_expit(-scores), ones])
    free = (None, None)
    return {
        "name": name,
        "scores": scores.tolist(),
        "labels": [bool(label) for label in labels],
        "weights": None if weights is None else weights.tolist(),
        "sigmoidProbabilities": sigmoid.predict(scores).tolist(),
        "platt": minimised(log_odds, labels, w, [free, free]),
        "isotonicRates": isotonic.predict(scores).tolist(),
        "beta": minimised(logs, labels, w, [(1e-6, None), (1e-6, None), free]),
    }


def calibration_cases():
    _, scores, labels = draws(11, 300, -1, 2)
    yield calibration_case("well calibrated", scores, labels)
    yield calibration_case("too sure", scores * 3 + 1, labels)
    generator, scores, labels = draws(12, 200, -1, 1.5)
    yield calibration_case("ties and weights", np.round(scores, 1), labels,
                           np.round(generator.gamma(1, 2, 200) + 0.01, 4))
    _, scores, labels = draws(13, 400, -3.5, 1)
    yield calibration_case("imbalanced", scores, labels)
    yield calibration_case("separated", np.linspace(-3, 3, 41), np.repeat([0, 1], [25, 16]))
    generator, scores, _ = draws(14, 300, 0, 2)
    labels = (generator.random(300) < 0.1 + 0.8 * (scores > 1)).astype(int)
    yield calibration_case("bent", scores, labels)
    labels = (generator.random(300) < special.expit(np.minimum(scores, 0))).astype(int)
    yield calibration_case("flat at the top", scores - 1, labels)


def write(path, tolerance, cases):
    document = {
        "script": "Scripts/make-golden-metrics.py",
        "versions": VERSIONS,
        "tolerance": tolerance,
        "cases": list(cases),
    }
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.replace('{"name"', '\n{"name"') + "\n")
    print(f"{path}: {target.stat().st_size} bytes")


write("Tests/EvaluationTests/Golden/metrics.json", {"absolute": 1e-12}, metric_cases())
write(
    "Tests/CalibrationTests/Golden/calibration.json",
    {"sigmoidProbabilities": 1e-4, "platt": 1e-8, "isotonicRates": 1e-12, "beta": 1e-6},
    calibration_cases(),
)
