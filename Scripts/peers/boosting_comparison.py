"""Compares `retain` with the libraries that grow boosted trees, on made-up tables."""
import statistics
import sys
import tempfile
from pathlib import Path

import boosting_data
import retain
from boosting_peers import MODULES, can_learn
from environment import installed, say
from models import L2, LEARNING_RATE, MAX_BINS, MIN_ROWS_PER_LEAF
from printing import print_bars, print_table, warn_of_company

# How many times as fast as the fastest peer, how far from the best in quality.
SPEED = {"tab_1m": 2.0, "tab_wide": 2.0, "tab_cat": 1.5}
AUC_SLACK, LOSS_SLACK = 0.001, 0.002
# Beyond two bytes for each cell.
MEMORY = 200e6


def compare(table, arguments):
    """Prints time, quality and memory beside each other; returns whether every bar is met."""
    trees, leaves, threads = arguments.trees or 100, arguments.leaves, arguments.threads
    task_counts, scale, repetitions = (trees, leaves, threads), arguments.scale, arguments.reps
    path = boosting_data.folder(table, scale)
    binary = retain.binary()
    train_count = round(table.train_count * scale)
    print(f"{table.name}: {train_count:,} rows, {table.column_count} columns, {trees} trees of "
          f"{leaves} leaves, {threads} threads, medians of {repetitions}")
    peers = [name for name in installed(MODULES, arguments.peers) if can_learn(name, table)]
    runs = {"retain": [], **{peer: [] for peer in peers}}
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        for repetition in range(repetitions):
            for who, each in runs.items():
                say(f"{table.name}: {who}, run {repetition + 1} of {repetitions}")
                if who == "retain":
                    each.append(fit_ours(binary, path, task_counts, scratch))
                else:
                    each.append(fit_theirs(who, table, path, task_counts, scratch))
        quality = retain.measured(
            [binary, "evaluate", scratch / "m.retain", "--table", path / "test.csv", "--json"],
            scratch)
    for run in runs["retain"]:
        run |= {key: quality[key] for key in ("roc_auc", "log_loss")}
    print_runs(runs)
    is_met = print_bars(bars(table, table.binned_bytes * scale, runs))
    warn_of_company([run for each in runs.values() for run in each])
    if scale != 1:
        print("  The bars are meant for the whole table, not for a share of it.")
    return is_met


def fit_ours(binary, path, task_counts, scratch):
    """One `retain train` that does nothing but fit."""
    trees, leaves, threads = task_counts
    (scratch / "m.retain").unlink(missing_ok=True)
    run = retain.measured([
        binary, "train", "--table", path / "train.csv", "--label", boosting_data.LABEL,
        "--learner", "gbm", "--trees", trees, "--leaves", leaves, "--threads", threads,
        "--l2", L2, "--learning-rate", LEARNING_RATE, "--max-bins", MAX_BINS,
        "--min-rows-per-leaf", MIN_ROWS_PER_LEAF, "--early-stopping", "off",
        "--calibration", "none", "--cv", "none", "--seed", 1,
        "--output", scratch / "m.retain", "--json"], scratch)
    return run | {"fit_s": run["timings"]["fit_s"], "fit_peak_bytes": run["peak_rss_bytes"]}


def fit_theirs(peer, table, path, task_counts, scratch):
    """One fit of a peer, in a fresh process."""
    script = Path(__file__).with_name("boost_once.py")
    return retain.measured(
        [sys.executable, script, path, peer, *task_counts, table.category_count], scratch)


def median(runs, key):
    """The median of a measure that every run tells, otherwise none."""
    values = [run.get(key) for run in runs]
    return None if None in values else statistics.median(values)


def megabytes(value):
    """A count of bytes as text; empty where it is not known."""
    return "" if value is None else f"{value / 1e6:.0f} MB"


def print_runs(runs):
    """A line for each: median time, ratio, quality, memory."""
    ours = median(runs["retain"], "fit_s")
    lines = [
        [who, f"{median(each, 'fit_s'):.3f} s", f"{median(each, 'fit_s') / ours:.2f}x",
         f"{median(each, 'roc_auc'):.5f}", f"{median(each, 'log_loss'):.5f}",
         megabytes(median(each, "fit_peak_bytes")), megabytes(median(each, "fit_added_bytes"))]
        for who, each in runs.items()]
    print_table(
        ["who", "fit", "of retain's", "ROC AUC", "log loss", "peak", "added by fit"], lines)


def bars(table, binned_bytes, runs):
    """What is asked of a table, and what was measured."""
    ours, peers = runs["retain"], {who: each for who, each in runs.items() if who != "retain"}
    asked = []
    if peers:
        fastest = min(peers, key=lambda who: median(peers[who], "fit_s"))
        ratio = median(peers[fastest], "fit_s") / median(ours, "fit_s")
        asked.append((f"faster than {fastest}", ratio, "{:.2f}x", ">=", SPEED[table.name]))
    loss = median(ours, "log_loss")
    if table.category_count:
        if default := peers.get("catboost-default"):
            limit = median(default, "log_loss")
            asked.append(("log loss of catboost-default", loss, "{:.5f}", "<=", limit))
    elif peers:
        best = max(median(each, "roc_auc") for each in runs.values())
        least = min(median(each, "log_loss") for each in runs.values())
        asked += [
            ("ROC AUC of the best", median(ours, "roc_auc"), "{:.5f}", ">=", best - AUC_SLACK),
            ("log loss of the best", loss, "{:.5f}", "<=", least * (1 + LOSS_SLACK))]
    limit = (2 * binned_bytes + MEMORY) / 1e6
    peak = median(ours, "fit_peak_bytes") / 1e6
    return [*asked, ("peak memory of the process", peak, "{:.0f} MB", "<=", limit)]
