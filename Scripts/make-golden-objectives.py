"""Makes Tests/GradientBoostingTests/Golden: losses and predictions that ours must come close to.

LightGBM grows the same trees on the same rows: every value has a bin, nothing is sampled, one
thread. Losses are LightGBM's metrics on the rows learned from, after each round.
Run by Scripts/make-golden objectives.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import environment

environment.ensure()

import lightgbm
import numpy as np

GOLDEN = environment.CHECKOUT / "Tests" / "GradientBoostingTests" / "Golden"
ROWS = 800
ROUNDS = 40
SAMPLES = list(range(0, ROWS, 20))
PARAMETERS = {
    "num_leaves": 7, "learning_rate": 0.1, "lambda_l2": 1, "min_data_in_leaf": 0,
    "min_sum_hessian_in_leaf": 5, "max_bin": 255, "min_data_in_bin": 1,
    "feature_pre_filter": False, "enable_bundle": False, "num_threads": 1, "deterministic": True,
    "force_row_wise": True, "verbosity": -1}
# How far ours may be: losses as a share of what the rounds win, predictions of themselves.
# Classes have splits of equal gain; LightGBM interpolates quantiles of leaves; among outliers, only
# how much higher ours may be.
LOSS_TOLERANCES = {
    "binary": 2e-5, "regression": 2e-5, "poisson": 2e-5, "gamma": 2e-5, "tweedie": 2e-5,
    "multiclass": 0.015, "quantile": 0.06,
    "poisson_outliers": 0.02, "gamma_outliers": 0.02, "tweedie_outliers": 0.02}
PREDICTION_TOLERANCE = 5e-5


def main():
    random = np.random.default_rng(4)
    columns = np.stack([random.integers(0, limit, ROWS) for limit in (40, 25, 12, 60, 3)])
    weights = random.choice([0.5, 1, 1.5, 2], ROWS)
    signal = columns[0] / 20 - 1 + np.where(columns[1] > 12, columns[2] / 12, -0.3)
    mean = np.exp(0.8 * signal)
    outcomes = {
        "binary": random.random(ROWS) < 1 / (1 + np.exp(-1.5 * signal)),
        "multiclass": np.clip(np.round(signal + random.normal(0, 0.7, ROWS)) + 1, 0, 3),
        "regression": np.round(40 + 10 * signal + random.normal(0, 4, ROWS), 2),
        "poisson": random.poisson(2 * mean),
        "gamma": np.round(random.gamma(2, 10 * mean) + 0.25, 2),
        "tweedie": np.round(
            np.array([random.gamma(2, 5, count).sum() for count in random.poisson(mean)]), 2),
        "quantile": np.round(40 + 10 * signal + random.exponential(8, ROWS), 2)}
    outliers = np.arange(ROWS) % 157 == 5
    for name in ("poisson", "gamma", "tweedie"):
        outcomes[f"{name}_outliers"] = np.where(
            outliers, 1000 * (outcomes[name] + 1), outcomes[name])
    outcomes = {name: values.astype(float).tolist() for name, values in outcomes.items()}
    cases = [
        fit(name, columns, np.array(outcomes[name]), given)
        for name in outcomes for given in (None, weights)]
    store("objectives", {
        "loss_tolerances": LOSS_TOLERANCES, "prediction_tolerance": PREDICTION_TOLERANCE,
        "columns": columns.tolist(), "weights": weights.tolist(), "outcomes": outcomes,
        "sample_rows": SAMPLES, "cases": cases})
    store("hazard", hazard(columns, signal, random))


def fit(name, columns, outcomes, weights):
    """One fit: its loss after each round, and predictions."""
    objective = name.split("_")[0]
    more = {"quantile": {"alpha": 0.8}, "multiclass": {"num_class": 4}}.get(objective, {})
    parameters = PARAMETERS | more | {"objective": objective}
    data = lightgbm.Dataset(columns.T.astype(float), outcomes, weight=weights)
    losses = {}
    model = lightgbm.train(
        parameters, data, ROUNDS, valid_sets=[data], valid_names=["rows"],
        callbacks=[lightgbm.record_evaluation(losses)])
    (losses,) = losses["rows"].values()
    scale = 0.5 if objective == "regression" else 1  # Half the squared error is what is minimised.
    return {
        "outcome": name, "weighted": weights is not None,
        "losses": [scale * loss for loss in losses],
        "predictions": np.asarray(model.predict(columns.T[SAMPLES].astype(float))).tolist()}


def hazard(columns, signal, random):
    """Time to an event as rows of account and period at risk, for the log loss."""
    latest = random.integers(3, 9, ROWS)
    chance = 1 / (1 + np.exp(2.2 - signal))
    durations = np.minimum(random.geometric(chance), latest)
    events = random.random(ROWS) < np.where(durations < latest, 1, 0.3)
    rows = [
        (account, period) for account in range(ROWS)
        for period in range(1, durations[account] + 1)]
    accounts, periods = np.array(rows).T
    labels = events[accounts] & (periods == durations[accounts])
    design = np.column_stack([columns.T[accounts], periods]).astype(float)
    data = lightgbm.Dataset(design, labels.astype(float))
    model = lightgbm.train(PARAMETERS | {"objective": "binary"}, data, ROUNDS)
    hazards = np.stack([
        model.predict(np.column_stack([columns.T[SAMPLES], np.full(len(SAMPLES), period)]))
        for period in range(1, 9)])
    return {
        "tolerance": 1e-5, "columns": columns.tolist(), "durations": durations.tolist(),
        "events": events.astype(int).tolist(), "sample_rows": SAMPLES, "row_count": len(rows),
        "survival": np.cumprod(1 - hazards, axis=0).tolist()}


def store(name, what):
    """Writes one file; `what` is in the order in which it is to be read."""
    packages = ("lightgbm", "numpy", "python")
    versions = {key: value for key, value in environment.versions().items() if key in packages}
    head = {
        "script": "Scripts/make-golden-objectives.py", "versions": versions,
        "parameters": PARAMETERS | {"num_iterations": ROUNDS}}
    GOLDEN.mkdir(parents=True, exist_ok=True)
    path = GOLDEN / f"{name}.json"
    # One line for each field of the outermost object: short to read, and short in a diff.
    fields = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in (head | what).items())
    path.write_text(f"{{\n{fields}\n}}\n")
    print(f"{path.relative_to(environment.CHECKOUT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
