"""Compares everyone's defaults with early stopping: log loss and ROC AUC on the same folds."""
import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import accuracy_peers
import datasets
import metrics
import retain
from environment import installed, say
from printing import print_bars, print_table

# How far our mean log loss may be above the best; on what share of the sets it has to be the best.
SLACK, BEST_SHARE = 0.002, 0.5


def compare(folder, arguments):
    """Prints the means over the folds of each set; returns whether both bars are met."""
    peers = installed({name: name for name in accuracy_peers.PEERS}, arguments.peers)
    binary, losses, lines = retain.binary(), {}, []
    for name in arguments.set or datasets.ACCURACY_SETS:
        public_set = datasets.ACCURACY_SETS[name]
        if message := datasets.missing_message(public_set, folder):
            say(f"{name} is left out: {message}")
            continue
        with datasets.plain_csv(public_set, folder) as table:
            by_fold = of_set(binary, public_set, table, peers, arguments.threads)
        for who, each in by_fold.items():
            lines.append([name, who, *(text(each, key) for key in ("log_loss", "roc_auc"))])
        losses[name] = {
            who: float(np.mean([fold["log_loss"] for fold in each]))
            for who, each in by_fold.items() if who != "retain, raw score"}
    if not losses:
        print("error: none of the sets is there.", file=sys.stderr)
        sys.exit(66)
    print("accuracy: defaults with early stopping; mean over the folds +- standard error")
    print_table(["set", "who", "log loss", "ROC AUC"], lines)
    return print_bars(bars(losses))


def of_set(binary, public_set, table, peers, threads):
    """Both figures of each fold, by who; the folds are those of `retain`."""
    features, labels = datasets.read(public_set, table)
    times = None
    if public_set.time:
        times = pd.read_csv(table, usecols=[public_set.time])[public_set.time].to_numpy()
    say(f"{public_set.name}: retain")
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        fold_of_row, ours, raw = out_of_fold(
            binary, public_set, table, threads, Path(name))
    by_who = {"retain": ours, "retain, raw score": raw}
    for peer in peers:
        say(f"{public_set.name}: {peer}")
        by_who[peer] = accuracy_peers.out_of_fold(
            peer, features, labels, fold_of_row, times, threads)
    folds = [fold_of_row == fold for fold in range(fold_of_row.max() + 1)]
    return {
        who: [metrics.of_probabilities(each[rows], labels[rows]) for rows in folds]
        for who, each in by_who.items()}


def out_of_fold(binary, public_set, table, threads, scratch):
    """The fold of each row and its probability, calibrated by the other folds, and raw."""
    path = scratch / "oof.csv"
    command = [
        binary, "train", "--table", table, "--label", public_set.label, "--positive",
        public_set.positive, "--learner", "gbm", "--seed", 1, "--threads", threads,
        "--output", scratch / "m.retain", "--out-of-fold", path, "--json"]
    for option, value in (
            ("--id", public_set.id), ("--time", public_set.time),
            ("--drop", ",".join(public_set.drop))):
        command += [option, value] if value else []
    retain.measured(command, scratch)
    with open(path, newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["row"]))
    folds, probabilities, scores = (
        np.array([float(row[key] or "nan") for row in rows])
        for key in ("fold", "probability", "score"))
    return folds.astype(int), probabilities, 1 / (1 + np.exp(-scores))


def text(by_fold, key):
    """Mean and standard error of a figure over the folds."""
    values = np.array([fold[key] for fold in by_fold])
    return f"{values.mean():.5f} +- {values.std(ddof=1) / np.sqrt(len(values)):.5f}"


def bars(losses):
    """No worse than the best by more than the slack on any set; the best on half of them."""
    asked = [
        (f"{name}: log loss of the best peer",
         each["retain"], "{:.5f}", "<=",
         min(loss for who, loss in each.items() if who != "retain") + SLACK)
        for name, each in losses.items()]
    best = sum(min(each, key=each.get) == "retain" for each in losses.values())
    return [*asked, ("sets where retain is the best", best, "{:.0f}", ">=",
                     int(np.ceil(BEST_SHARE * len(losses))))]
