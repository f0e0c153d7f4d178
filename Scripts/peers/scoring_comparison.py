"""Compares how fast grown trees are applied, and how fast one row is scored from a cold start."""
import os
import statistics
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

import numpy as np

import boosting_comparison
import boosting_data
import boosting_peers
import retain
from environment import installed, say
from printing import print_bars, print_table, warn_of_company
from scoring_peers import LIGHTGBM_FILE, PEERS

COLD_BAR_MS, COLD_RUNS = 30, 10


def compare(arguments):
    """Prints rows per second of everyone with 1 and 2 threads; returns whether the bars are met."""
    trees, leaves = arguments.trees or 500, arguments.leaves
    table = boosting_data.TABLES["tab_1m"]
    path, binary = boosting_data.folder(table, arguments.scale), retain.binary()
    models = models_of(path, trees, leaves)
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        rows = min(arguments.rows, len(np.load(path / "train.npy", mmap_mode="r")))
        np.save(scratch / "rows.npy", np.load(path / "train.npy")[:rows])
        for count, file in ((rows, "rows.csv"), (1, "row.csv")):
            with open(path / "train.csv") as whole, open(scratch / file, "w") as part:
                part.writelines(islice(whole, count + 1))
        say("scoring: retain grows its model")
        boosting_comparison.fit_ours(binary, path, (trees, leaves, 2), scratch)
        print(f"scoring: {rows:,} rows of {table.column_count} columns, {trees} trees of {leaves} "
              f"leaves, medians of {arguments.reps}")
        peers = installed(
            {name: module for name, (_, module, _) in PEERS.items()}, arguments.peers)
        runs = measured_runs(binary, scratch, models, peers, arguments.reps)
        is_told = print_runs(runs, rows)
        is_met = print_bars([cold_bar(binary, scratch)])
    warn_of_company([run for each in runs.values() for run in each])
    return is_met and is_told


def models_of(path, trees, leaves):
    """The folder of the peers' models, which are grown on first use."""
    folder = path / f"models-{trees}x{leaves}"
    if not (folder / "complete").exists():
        folder.mkdir(exist_ok=True)
        cells, labels = boosting_data.arrays(path, "train")
        task = boosting_peers.Task(trees, leaves, 2)
        for name, file in (
                ("lightgbm", LIGHTGBM_FILE), ("xgboost", "xgboost.json"),
                ("catboost", "catboost.cbm")):
            say(f"scoring: {name} grows its model")
            boosting_peers.PEERS[name](task).fit(cells, labels).save_model(folder / file)
        (folder / "complete").touch()
    return folder


def measured_runs(binary, scratch, models, peers, repetitions):
    """Runs in turn, each in a fresh process, by who and number of threads."""
    runs = {(who, threads): [] for threads in (1, 2) for who in ("retain", *peers)}
    for repetition in range(repetitions):
        for (who, threads), each in runs.items():
            say(f"scoring: {who}, {threads} threads, run {repetition + 1} of {repetitions}")
            os.environ["OMP_NUM_THREADS"] = str(threads)
            each.append(
                score_ours(binary, scratch, threads) if who == "retain"
                else retain.measured(
                    [sys.executable, Path(__file__).with_name("score_once.py"), models, who,
                     threads, scratch / "rows.npy"], scratch))
    return runs


def score_ours(binary, scratch, threads):
    """One `retain score`, without reasons where it can leave them out."""
    run = retain.measured([
        binary, "score", scratch / "m.retain", "--table", scratch / "rows.csv", "--output",
        scratch / "scores.csv", "--threads", threads, "--json", *without_reasons(binary)], scratch)
    return run | {"score_s": run.get("timings", {}).get("score_s")}


def without_reasons(binary):
    """The option that leaves out the reasons, which no peer computes; empty if there is none."""
    help_text = subprocess.run(
        [binary, "score", "--help"], capture_output=True, text=True, check=True).stdout
    return ["--reasons", 0] if "--reasons" in help_text else []


def print_runs(runs, rows):
    """A line for each; returns whether ours could be measured."""
    lines = []
    for (who, threads), each in runs.items():
        ours = boosting_comparison.median(runs["retain", threads], "score_s")
        seconds = boosting_comparison.median(each, "score_s")
        trees = "its own" if who == "retain" or not PEERS[who][2] else "LightGBM's"
        off = boosting_comparison.median(each, "off")
        peak = boosting_comparison.median(each, "peak_bytes")
        lines.append([
            who, str(threads), "" if seconds is None else f"{seconds:.3f} s",
            "" if seconds is None else f"{rows / seconds / 1e6:.3f} M",
            "" if None in (seconds, ours) else f"{seconds / ours:.2f}x",
            boosting_comparison.megabytes(peak), trees, "" if off is None else f"{off:.0e}"])
    print_table(
        ["who", "threads", "time", "rows/s", "of retain's", "peak", "trees", "off by"], lines)
    if all(line[2] for line in lines):
        return True
    print("  retain score does not tell timings.score_s: ours is not measured.")
    return False


def cold_bar(binary, scratch):
    """The whole process of scoring a file of one row: milliseconds, and what is asked."""
    runs = [
        retain.measured(
            [binary, "score", scratch / "m.retain", "--table", scratch / "row.csv", "--output",
             scratch / "scores.csv", "--json"], scratch)
        for _ in range(COLD_RUNS)]
    milliseconds = statistics.median(run["seconds"] for run in runs) * 1e3
    return "one row, whole process", milliseconds, "{:.1f} ms", "<=", COLD_BAR_MS
