#!/usr/bin/env python3
"""Writes the reference outputs that EvaluationTests and CalibrationTests compare with.

Needs Python 3.11 or later with exactly
    scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0
Run from anywhere: python3 Scripts/make-golden-metrics.py
The tests themselves need no Python; run this only to change the cases.
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy import optimize, special, stats
from sklearn import metrics
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression

ROOT = pathlib.Path(__file__).resolve().parent.parent
VERSIONS = {"scikit-learn": "1.9.1", "numpy": "2.4.6", "scipy": "1.17.1", "statsmodels": "0.15.0"}
FOUND = {
    "scikit-learn": sklearn.__version__,
    "numpy": np.__version__,
    "scipy": scipy.__version__,
    "statsmodels": statsmodels.__version__,
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


def log_loss(labels, probabilities, weights):
    """As scikit-learn's, which clips at 2^-52; here nothing is clipped."""
    given = np.where(labels == 1, probabilities, 1 - probabilities)
    loss = -(weights * np.log(given)).sum() / weights.sum()
    if (given > 1e-15).all():
        peer = metrics.log_loss(labels, probabilities, sample_weight=weights, labels=[0, 1])
        assert abs(peer - loss) < 1e-12
    return loss


def brier_parts(probabilities, labels, weights):
    """Murphy's three parts over distinct probabilities."""
    rate = np.average(labels, weights=weights)
    reliability = resolution = 0
    for value in np.unique(probabilities):
        here = probabilities == value
        mass = weights[here].sum()
        if mass > 0:
            observed = np.average(labels[here], weights=weights[here])
            reliability += mass * (value - observed) ** 2
            resolution += mass * (observed - rate) ** 2
    return [reliability / weights.sum(), resolution / weights.sum(), rate * (1 - rate)]


def delong(scores, labels, weights, groups):
    """The variance of the AUC from all pairs, summed up by group (Obuchowski 1997)."""
    positive, negative = labels == 1, labels == 0
    w, v = weights[positive], weights[negative]
    kernel = (scores[positive][:, None] > scores[negative]) + 0.5 * (
        scores[positive][:, None] == scores[negative]
    )
    of_positive = kernel @ v / v.sum()
    of_negative = w @ kernel / w.sum()
    auc = w @ of_positive / w.sum()
    distinct = np.unique(groups)
    up = np.array([
        (w * (of_positive - auc))[groups[positive] == group].sum() / w.sum() for group in distinct
    ])
    down = np.array([
        (v * (of_negative - auc))[groups[negative] == group].sum() / v.sum() for group in distinct
    ])

    def corrected(products, count):
        return products.sum() * count / (count - 1)

    return (
        corrected(up * up, len(np.unique(groups[positive])))
        + corrected(down * down, len(np.unique(groups[negative])))
        + 2 * corrected(up * down, len(distinct))
    )


def calibration_line(probabilities, labels, weights, groups, simple):
    """Slope, intercept and intercept in the large of statsmodels, and their standard errors."""
    odds = np.log(probabilities) - np.log1p(-probabilities)
    design = np.column_stack([np.ones(len(odds)), odds])

    # It is not sure of clustered errors beside weights; the tests are.
    warnings.simplefilter("ignore", sm.tools.sm_exceptions.SpecificationWarning)

    def fitted(design, offset=None):
        if simple:
            options = {"method": "newton", "tol": 1e-15, "maxiter": 200, "disp": 0}
            return sm.Logit(labels, design, offset=offset).fit(**options)
        model = sm.GLM(labels, design, sm.families.Binomial(), offset=offset, freq_weights=weights)
        count = len(np.unique(groups))
        result = model.fit(
            tol=1e-15, maxiter=200, tol_criterion="params", cov_type="cluster",
            cov_kwds={"groups": groups, "use_correction": False},
        )
        return type("Fit", (), {
            "params": result.params, "bse": result.bse * np.sqrt(count / (count - 1)),
        })

    line = fitted(design)
    large = fitted(design[:, :1], odds)
    return {
        "slope": [line.params[1], line.bse[1]],
        "intercept": [line.params[0], line.bse[0]],
        "inTheLarge": [large.params[0], large.bse[0]],
    }


def confusion(probabilities, labels, weights, threshold):
    called = (probabilities >= threshold).astype(int)
    options = {"sample_weight": weights}
    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, called, labels=[0, 1], **options)
    return {
        "counts": [tp, fp, tn, fn],
        "precision": metrics.precision_score(labels, called, **options) if tp + fp else None,
        "recall": metrics.recall_score(labels, called, **options) if tp + fn else None,
        "specificity": tn / (tn + fp) if tn + fp else None,
        "f1": metrics.f1_score(labels, called, **options) if tp + fp + fn else None,
        "matthews": metrics.matthews_corrcoef(labels, called, **options)
        if min(tp + fp, tp + fn, tn + fp, tn + fn) > 0 else None,
    }


def money_captured(scores, labels, weights, money, share):
    distinct = np.unique(scores)[::-1]
    mass = np.concatenate([[0], np.cumsum([weights[scores == s].sum() for s in distinct])])
    sums = np.concatenate([
        [0], np.cumsum([(weights * labels * money)[scores == s].sum() for s in distinct])
    ])
    return np.interp(share * mass[-1], mass, sums) / sums[-1]


def metric_case(name, probabilities, labels, weights=None, groups=None):
    if len(np.unique(labels)) < 2:
        return one_class_case(name, probabilities, labels)
    w = np.ones(len(labels)) if weights is None else weights
    g = np.arange(len(labels)) if groups is None else groups
    # The spread of the fits is compared where rows have weight.
    kept = w > 0
    overlap = (
        probabilities[kept & (labels == 1)].min() < probabilities[kept & (labels == 0)].max()
        and probabilities[kept & (labels == 0)].min() < probabilities[kept & (labels == 1)].max()
    )
    money = np.round(np.random.default_rng(len(labels)).lognormal(4, 1, len(labels)), 2)
    judged = (probabilities[kept], labels[kept], w[kept], g[kept])
    several = (
        min(len(np.unique(judged[3][judged[1] == outcome])) for outcome in (0, 1)) > 1
    )
    return {
        "name": name,
        "probabilities": probabilities.tolist(),
        "labels": [bool(label) for label in labels],
        "weights": None if weights is None else weights.tolist(),
        "rocAUC": metrics.roc_auc_score(labels, probabilities, sample_weight=w),
        "averagePrecision": metrics.average_precision_score(
            labels, probabilities, sample_weight=w
        ),
        "logLoss": log_loss(labels, probabilities, w),
        "brier": metrics.brier_score_loss(labels, probabilities, sample_weight=w),
        "ece": ece(probabilities, labels, w, 10),
        "liftAt10": lift(probabilities, labels, w, 0.1),
        "liftAt33": lift(probabilities, labels, w, 0.33),
        "ks": ks(probabilities, labels, w),
        "groups": None if groups is None else groups.tolist(),
        "meanProbability": np.average(probabilities, weights=w),
        "brierParts": brier_parts(*judged[:3]),
        "aucVariance": delong(*judged) if several else None,
        "line": calibration_line(*judged, simple=weights is None and groups is None)
        if overlap else None,
        "confusion": confusion(*judged[:3], 0.4),
        "money": money.tolist(),
        "captured": money_captured(probabilities, labels, w, money, 0.1),
    }


def one_class_case(name, probabilities, labels):
    ones = np.ones(len(labels))
    return {
        "name": name,
        "probabilities": probabilities.tolist(),
        "labels": [bool(label) for label in labels],
        "averagePrecision": metrics.average_precision_score(labels, probabilities)
        if labels.any() else None,
        "logLoss": log_loss(labels, probabilities, ones),
        "brier": metrics.brier_score_loss(labels, probabilities, labels=[0, 1]),
        "ece": ece(probabilities, labels, ones, 10),
        "liftAt10": 1 if labels.any() else None,
        "liftAt33": 1 if labels.any() else None,
        "meanProbability": probabilities.mean(),
        "brierParts": brier_parts(probabilities, labels, ones),
        "confusion": confusion(probabilities, labels, ones, 0.4),
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
    yield metric_case("one row, positive", np.array([0.3]), np.array([1]))
    yield metric_case("one row, negative", np.array([0.7]), np.array([0]))
    yield metric_case("one class", np.round(special.expit(scores[:20]), 2), np.zeros(20, int))
    _, scores, labels = draws(7, 240, -1, 1.5)
    accounts = np.arange(240) // 5
    yield metric_case("accounts", rounded(scores), labels, None, accounts)
    generator, scores, labels = draws(8, 240, -1, 1.5)
    yield metric_case("accounts, weights and ties", rounded(scores, 1) * 0.98 + 0.01, labels,
                      np.round(generator.gamma(1, 2, 240) + 0.01, 4), accounts)
    _, scores, labels = draws(9, 300, -1, 1.5)
    yield metric_case("many ties", np.where(scores > -1, 0.45, 0.15), labels)
    _, scores, labels = draws(10, 120, 0, 8)
    yield metric_case("extreme", np.clip(special.expit(scores * 3), 1e-14, 1 - 1e-14), labels)


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


def write(path, tolerance, cases, packages):
    document = {
        "script": "Scripts/make-golden-metrics.py",
        "versions": {package: VERSIONS[package] for package in packages},
        "tolerance": tolerance,
        "cases": list(cases),
    }
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.replace('{"name"', '\n{"name"') + "\n")
    print(f"{path}: {target.stat().st_size} bytes")


write("Tests/EvaluationTests/Golden/metrics.json", {"absolute": 1e-12}, metric_cases(),
      VERSIONS)
write(
    "Tests/CalibrationTests/Golden/calibration.json",
    {"sigmoidProbabilities": 1e-4, "platt": 1e-8, "isotonicRates": 1e-12, "beta": 1e-6},
    calibration_cases(),
    ["scikit-learn", "numpy", "scipy"],
)
