"""Compares `retain` with its peers on one public set, or stores how the peers do."""
import hashlib
import json
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

import datasets
import environment
import folds
import models
import retain
from environment import CHECKOUT, say
from printing import print_table, warn_of_company

# How far our mean over the folds may be on the wrong side of the peer's.
BARS = {
    "logistic": {"roc_auc": 0.001, "log_loss": 0.002},
    "gbm": {"roc_auc": 0.002, "log_loss": 0.002},
}
METRIC_NAMES = {"roc_auc": "ROC AUC", "log_loss": "log loss"}
GOLDEN = CHECKOUT / "Tests" / "RetentionKitTests" / "Golden"


def compare(public_set, table, repetitions, threads):
    """Prints accuracy, time and memory beside each other; returns whether every bar is met."""
    binary = retain.binary()
    features, labels = datasets.read(public_set, table)
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        scratch = Path(folder)
        is_met = compare_accuracy(binary, public_set, table, features, labels, threads, scratch)
        print()
        compare_time(binary, public_set, table, repetitions, threads, scratch)
    return is_met


def compare_accuracy(binary, public_set, table, features, labels, threads, scratch):
    """The mean over the folds of both metrics, ours against the peer's on the same folds."""
    lines, is_met, fold_of_row = [], True, None
    for learner, bars in BARS.items():
        say(f"{public_set.name}: {learner}, out of fold")
        fold_of_row, our_labels, scores = retain.out_of_fold(
            binary, public_set, table, learner, threads, scratch)
        if our_labels != labels.tolist():
            sys.exit("error: retain and the peers read different labels.")
        ours = judged(scores, labels, fold_of_row)
        for opponent in opponents(learner):
            theirs = judged(
                models.out_of_fold_scores(opponent, features, labels, fold_of_row, threads),
                labels, fold_of_row)
            for metric, slack in bars.items():
                own, other = (float(np.mean(each[metric])) for each in (ours, theirs))
                shortfall = other - own if metric == "roc_auc" else own - other
                verdict = "pass" if shortfall <= slack else "MISS"
                if opponent != learner:
                    verdict = "not judged"
                is_met = is_met and verdict != "MISS"
                sign = "-" if metric == "roc_auc" else "+"
                lines.append([
                    learner, METRIC_NAMES[metric], f"{own:.5f}", f"{other:.5f}",
                    f"{own - other:+.5f}", f"{sign}{slack:.3f}", verdict,
                    models.PEER_OF_LEARNER[opponent]])
    known = folds.stratified_folds(labels)
    print(f"{public_set.name}: {len(labels)} rows, {int(labels.sum())} positives, "
          f"{max(fold_of_row) + 1} folds, "
          f"{'the stored ones' if fold_of_row == known else 'NOT the stored ones'}")
    print_table(
        ["learner", "mean over folds", "retain", "peer", "difference", "bar", "", "peer is"],
        lines)
    return is_met


def opponents(learner):
    """The peer that the bar is set by, and after it those that are only shown."""
    return [name for name in models.PEER_OF_LEARNER if name.split("_")[0] == learner]


def judged(scores, labels, fold_of_row):
    """Metrics of each fold over the rows that were held out."""
    held_out = np.asarray(fold_of_row) >= 0
    return models.fold_metrics(
        np.asarray(scores)[held_out], labels[held_out], np.asarray(fold_of_row)[held_out])


def compare_time(binary, public_set, table, repetitions, threads, scratch):
    """Medians of runs in turn: ours the whole process, theirs only reading and fitting."""
    lines, all_runs = [], []
    for learner, peers in models.TIMED_PEERS.items():
        runs = {"retain": [], **{peer: [] for peer in peers}}
        for repetition in range(repetitions):
            say(f"{public_set.name}: {learner}, timed run {repetition + 1} of {repetitions}")
            runs["retain"].append(
                retain.fit_once(binary, public_set, table, learner, threads, scratch))
            for peer in peers:
                runs[peer].append(peer_run(public_set, table, peer, threads, scratch))
        ours = statistics.median(run["seconds"] for run in runs["retain"])
        for name, each in runs.items():
            all_runs += each
            seconds = statistics.median(run["seconds"] for run in each)
            peak = statistics.median(run["peak_bytes"] for run in each)
            what = "whole process" if name == "retain" else "read and fit alone"
            lines.append([
                learner, name, f"{seconds:.3f} s", f"{seconds / ours:.2f}x",
                f"{peak / 1e6:.0f} MB", what])
    print(f"{public_set.name}: fit on all rows, medians of {repetitions}, {threads} threads")
    print_table(["learner", "who", "time", "of retain's", "peak memory", "what is timed"], lines)
    warn_of_company(all_runs)


def peer_run(public_set, table, peer, threads, scratch):
    """One fit of a peer in a fresh process; `seconds` leaves out the start of Python."""
    script = Path(__file__).with_name("fit_once.py")
    command = [sys.executable, script, public_set.name, table, peer, threads]
    run = retain.measured(command, scratch)
    return run | {"seconds": run["read_and_fit_s"], "process_s": run["seconds"]}


def store(public_set, table, threads):
    """Writes how the peers do on our folds, for tests that run without Python."""
    features, labels = datasets.read(public_set, table)
    fold_of_row = folds.stratified_folds(labels)
    peers = {}
    for learner, library in models.PEER_OF_LEARNER.items():
        say(f"{public_set.name}: {library}")
        scores = models.out_of_fold_scores(learner, features, labels, fold_of_row, threads)
        metrics = models.fold_metrics(scores, labels, fold_of_row)
        peers[learner] = {
            "library": library,
            "settings": models.SETTINGS[learner],
            **{metric: [round(value, 10) for value in each] for metric, each in metrics.items()},
            **{f"mean_{metric}": round(float(np.mean(each)), 10)
               for metric, each in metrics.items()},
        }
    reference = {
        "script": "Scripts/compare-with-peers --store",
        "versions": environment.versions(),
        "set": public_set.name,
        "source": public_set.source,
        "table_sha256": hashlib.sha256(Path(table).read_bytes()).hexdigest(),
        "label": public_set.label,
        "positive": public_set.positive,
        "id": public_set.id,
        "rows": len(labels),
        "positives": int(labels.sum()),
        "seed": 1,
        "fold_count": 5,
        "folds_sha256": folds.fingerprint(fold_of_row),
        "fold_of_row": "".join(map(str, fold_of_row)),
        "bars": BARS,
        "peers": peers,
    }
    GOLDEN.mkdir(parents=True, exist_ok=True)
    path = GOLDEN / f"peers-{public_set.name}.json"
    path.write_text(json.dumps(reference, indent=2) + "\n")
    print(f"{path.relative_to(CHECKOUT)}: " + ", ".join(
        f"{each['library']} ROC AUC {each['mean_roc_auc']:.5f} log loss "
        f"{each['mean_log_loss']:.5f}" for each in peers.values()))
