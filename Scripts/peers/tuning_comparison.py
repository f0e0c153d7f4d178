"""Compares `retain train --tune` with Optuna's search over LightGBM, both nested in the same folds."""
import csv
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import datasets
import metrics
import retain
import tuning_peers
from environment import CHECKOUT, pins, say
from printing import print_bars, print_table

# How far above Optuna's log loss ours may be, with a search and without one.
SLACK, SLACK_OF_DEFAULTS = 0.002, 0.005
TRIALS = 50
KEPT = CHECKOUT / ".build" / "peers" / "tuning"


def compare(folder, arguments):
    """Prints the means over the folds of each set; returns whether all bars are met."""
    binary, lines, bars = retain.binary(), [], []
    for name in arguments.set or datasets.ACCURACY_SETS:
        public_set = datasets.ACCURACY_SETS[name]
        if message := datasets.missing_message(public_set, folder):
            say(f"{name} is left out: {message}")
            continue
        with datasets.plain_csv(public_set, folder) as table:
            more, asked = of_set(binary, public_set, table, arguments)
        lines += more
        bars += asked
    if not bars:
        print("error: none of the sets is there.", file=sys.stderr)
        sys.exit(66)
    print(
        f"tuning: retain's default search and {TRIALS} trials of Optuna over LightGBM, each within "
        "the rows that an\nouter fold learns from; raw scores, mean over the outer folds; seconds "
        "are per search, a fit after it included")
    print_table(
        ["set", "who", "folds", "log loss", "ROC AUC", "inner", "seconds", "CPU s"], lines)
    return print_bars(bars)


def of_set(binary, public_set, table, arguments):
    """The lines of a set, and its bars."""
    features, labels = datasets.read(public_set, table)
    times = None
    if public_set.time:
        times = pd.read_csv(table, usecols=[public_set.time])[public_set.time].to_numpy()
    say(f"{public_set.name}: retain")
    folds, plain, _ = out_of_fold(binary, public_set, table, arguments.threads)
    same, tuned, run = out_of_fold(binary, public_set, table, arguments.threads, "--tune")
    if not (folds == same).all():
        sys.exit("error: with --tune the folds are others.")
    outer = range(folds.max() + 1)
    chosen = list(outer)[:arguments.folds]
    theirs = searched(public_set, features, labels, times, folds, chosen, arguments.threads)

    def mean(key, rows):
        return float(np.mean([row[key] for row in rows]))

    def figures(scores):
        return [
            metrics.of_probabilities(scores[folds == fold], labels[folds == fold])
            for fold in chosen]

    def line(who, rows, inner, seconds, process):
        return [
            public_set.name, who, str(len(chosen)), f"{mean('log_loss', rows):.5f}",
            f"{mean('roc_auc', rows):.5f}", inner, seconds, process]

    # One search for each outer fold, and one for the model itself.
    searches = len(outer) + 1
    seconds, process = run["seconds"] / searches, run["cpu_s"] / searches
    ours, defaults = figures(tuned), figures(plain)
    their_loss = mean("log_loss", theirs)
    lines = [
        line("retain", defaults, "", "", ""),
        line("retain --tune", ours, "", f"{seconds:.2f}", f"{process:.2f}"),
        line(
            "Optuna, LightGBM", theirs, f"{mean('inner_log_loss', theirs):.5f}",
            f"{mean('seconds', theirs):.2f}", f"{mean('process_s', theirs):.2f}")]
    name = public_set.name
    return lines, [
        (f"{name}: log loss with --tune", mean("log_loss", ours), "{:.5f}", "<=",
         their_loss + SLACK),
        (f"{name}: log loss of the defaults", mean("log_loss", defaults), "{:.5f}", "<=",
         their_loss + SLACK_OF_DEFAULTS),
        # Processor time, since the machine may be busy and their answers may be of another run.
        (f"{name}: CPU seconds of a search", process, "{:.2f}", "<=", mean("process_s", theirs))]


def out_of_fold(binary, public_set, table, threads, *more):
    """The fold and the raw probability of each row, and what the launcher measured."""
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        path = scratch / "oof.csv"
        command = [
            binary, "train", "--table", table, "--label", public_set.label, "--positive",
            public_set.positive, "--learner", "gbm", "--seed", 1, "--threads", threads,
            "--output", scratch / "m.retain", "--out-of-fold", path, "--json", *more]
        for option, value in (
                ("--id", public_set.id), ("--time", public_set.time),
                ("--drop", ",".join(public_set.drop))):
            command += [option, value] if value else []
        run = retain.measured(command, scratch)
        with open(path, newline="") as file:
            rows = sorted(csv.DictReader(file), key=lambda row: int(row["row"]))
    folds, scores = (
        np.array([float(row[key] or "nan") for row in rows]) for key in ("fold", "score"))
    return folds.astype(int), 1 / (1 + np.exp(-scores)), run


def searched(public_set, features, labels, times, folds, chosen, threads):
    """Optuna's answer for each outer fold; it is kept, since a search takes minutes to an hour."""
    key = hashlib.sha256(
        json.dumps([pins(), TRIALS, Path(tuning_peers.__file__).read_text()]).encode()
        + folds.tobytes()).hexdigest()[:16]
    path = KEPT / f"{public_set.name}-{key}.json"
    kept = json.loads(path.read_text()) if path.exists() else []
    for fold in chosen:
        if any(each["fold"] == fold for each in kept):
            continue
        say(f"{public_set.name}: Optuna, fold {fold + 1}")
        kept.append(tuning_peers.searched_fold(
            features, labels, times, folds, fold, TRIALS, threads))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept))
    return [each for each in kept if each["fold"] in chosen]
