"""Compares calibrators with scikit-learn's, fitted to the same held-out scores of the same folds."""
import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator

import datasets
import metrics
import retain
from environment import say
from printing import print_bars, print_table

LEARNERS = ["gbm", "logistic"]
# How far our log loss may be above the better of the peers'; the largest calibration error on sets
# of more rows than that.
SLACK, LARGEST_ERROR, ERROR_ROWS = 0.0005, 0.015, 5000


class Given(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose only feature is its score."""

    def fit(self, features, labels):
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, features):
        return features[:, 0]

    def predict(self, features):
        return (features[:, 0] > 0).astype(int)


def compare(folder, arguments):
    """Prints log loss and calibration error of each set; returns whether every bar is met."""
    binary, lines, bars = retain.binary(), [], []
    for name in arguments.set or datasets.CALIBRATION_SETS:
        public_set = datasets.ACCURACY_SETS[name]
        if message := datasets.missing_message(public_set, folder):
            say(f"{name} is left out: {message}")
            continue
        with datasets.plain_csv(public_set, folder) as table, \
                tempfile.TemporaryDirectory(prefix="peers-") as scratch:
            for learner in LEARNERS:
                say(f"{name}: {learner}")
                of_learner(
                    binary, public_set, table, learner, arguments.threads, Path(scratch), lines,
                    bars)
    if not bars:
        print("error: none of the sets is there.", file=sys.stderr)
        sys.exit(66)
    print("calibration: the same held-out scores and folds for all; ECE over 10 bins of equal size")
    print_table(
        ["set", "scores of", "rows", "chosen", "raw", "retain", "sigmoid", "isotonic", "ECE",
         "ECE sigmoid", "ECE isotonic"], lines)
    return print_bars(bars)


def of_learner(binary, public_set, table, learner, threads, scratch, lines, bars):
    """Adds what one learner's scores on one set come to."""
    folds, labels, scores, ours, chosen = out_of_fold(
        binary, public_set, table, learner, threads, scratch)
    probabilities = {"raw": 1 / (1 + np.exp(-scores)), "retain": ours}
    for method in ("sigmoid", "isotonic"):
        probabilities[method] = by_peer(method, folds, labels, scores, public_set.time)
    # Going forward in time, no calibrator is older than the first fold.
    judged = folds >= (1 if public_set.time else 0)
    losses = {
        who: metrics.of_probabilities(each[judged], labels[judged])["log_loss"]
        for who, each in probabilities.items()}
    errors = {
        who: calibration_error(each[judged], labels[judged])
        for who, each in probabilities.items()}
    lines.append([
        public_set.name, learner, f"{judged.sum()}", chosen,
        *(f"{losses[who]:.5f}" for who in ("raw", "retain", "sigmoid", "isotonic")),
        *(f"{errors[who]:.4f}" for who in ("retain", "sigmoid", "isotonic"))])
    what = f"{public_set.name}, {learner}"
    bars.append((
        f"{what}: log loss", losses["retain"], "{:.5f}", "<=",
        min(losses["sigmoid"], losses["isotonic"]) + SLACK))
    if judged.sum() > ERROR_ROWS:
        bars.append((f"{what}: ECE", errors["retain"], "{:.4f}", "<=", LARGEST_ERROR))


def out_of_fold(binary, public_set, table, learner, threads, scratch):
    """Fold, label, raw score and our probability of each row that was held out, and the method."""
    path = scratch / "oof.csv"
    command = [
        binary, "train", "--table", table, "--label", public_set.label, "--positive",
        public_set.positive, "--learner", learner, "--seed", 1, "--threads", threads,
        "--output", scratch / "m.retain", "--out-of-fold", path, "--json"]
    for option, value in (
            ("--id", public_set.id), ("--time", public_set.time),
            ("--drop", ",".join(public_set.drop))):
        command += [option, value] if value else []
    trained = retain.measured(command, scratch)
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file) if int(row["fold"]) >= 0]
    folds, labels, scores, probabilities = (
        np.array([float(row[key]) for row in rows])
        for key in ("fold", "label", "score", "probability"))
    return (
        folds.astype(int), labels.astype(int), scores, probabilities,
        trained["calibration"]["method"])


def by_peer(method, folds, labels, scores, goes_forward):
    """Each row's probability by CalibratedClassifierCV fitted to the other (earlier) folds."""
    probabilities = np.full(len(scores), np.nan)
    for fold in range(folds.max() + 1):
        others = folds < fold if goes_forward else folds != fold
        if not others.any():
            continue
        peer = CalibratedClassifierCV(
            FrozenEstimator(Given().fit(None, None)), method=method, cv=5)
        peer.fit(scores[others, None], labels[others])
        rows = folds == fold
        probabilities[rows] = peer.predict_proba(scores[rows, None])[:, 1]
    return probabilities


def calibration_error(probabilities, labels, bins=10):
    """The mean distance of rates and mean probabilities over bins of equal size."""
    parts = np.array_split(np.argsort(probabilities, kind="stable"), bins)
    return sum(
        abs(probabilities[part].sum() - labels[part].sum()) for part in parts) / len(labels)
