"""Runs `retain train` with the settings that the peers have."""
import csv
import json
import subprocess
import sys
from pathlib import Path

import models
from binary import binary  # noqa: F401, called as retain.binary

FLAGS = {
    "logistic": ["--l2", models.L2],
    "gbm": [
        "--trees", models.TREES, "--leaves", models.LEAVES, "--l2", models.L2,
        "--learning-rate", models.LEARNING_RATE, "--max-bins", models.MAX_BINS,
        "--min-rows-per-leaf", models.MIN_ROWS_PER_LEAF, "--early-stopping", "off",
    ],
}


def measured(command, scratch):
    """Runs a command; returns the JSON it prints, and what the launcher measured."""
    launcher = Path(__file__).with_name("launch.py")
    command = [str(part) for part in command]
    with open(scratch / "out", "wb") as out, open(scratch / "err", "wb") as err:
        subprocess.run(
            [sys.executable, "-I", launcher, scratch / "report.json", *command],
            stdout=out, stderr=err)
    report = scratch / "report.json"
    measures = json.loads(report.read_text()) if report.exists() else {"exit_code": "no report"}
    report.unlink(missing_ok=True)
    if measures["exit_code"] != 0:
        sys.stderr.write((scratch / "err").read_text(errors="replace"))
        sys.exit(f"error: {' '.join(command)} ended with {measures['exit_code']}.")
    return json.loads((scratch / "out").read_text()) | measures


def train(retain, public_set, table, learner, threads, scratch, *more):
    """Trains once; returns the JSON that retain prints, and what the launcher measured."""
    command = [
        retain, "train", "--table", table, "--label", public_set.label,
        "--positive", public_set.positive, "--learner", learner, *FLAGS[learner],
        "--calibration", "none", "--seed", 1, "--threads", threads,
        "--output", scratch / "m.retain", "--json", *more,
    ]
    if public_set.id:
        command += ["--id", public_set.id]
    if public_set.drop:
        command += ["--drop", ",".join(public_set.drop)]
    (scratch / "m.retain").unlink(missing_ok=True)
    return measured(command, scratch)


def out_of_fold(retain, public_set, table, learner, threads, scratch):
    """Folds, labels and raw log odds of every row, in the order of the file."""
    path = scratch / "oof.csv"
    more = ["--cv", 5, "--out-of-fold", path]
    train(retain, public_set, table, learner, threads, scratch, *more)
    with open(path, newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["row"]))
    if [int(row["row"]) for row in rows] != list(range(public_set.row_count)):
        sys.exit(f"error: the out-of-fold file has {len(rows)} rows, or not each row once.")
    return (
        [int(row["fold"]) for row in rows], [int(row["label"]) for row in rows],
        [float(row["score"]) if row["score"] else float("nan") for row in rows])


def fit_once(retain, public_set, table, learner, threads, scratch):
    """A run that does nothing but read, fit and write the model."""
    return train(retain, public_set, table, learner, threads, scratch, "--cv", "none")
