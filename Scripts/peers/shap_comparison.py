"""Compares how fast scores are shared out among features: exact path-dependent SHAP values."""
import os
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np

import boosting_data
import retain
import shap_peers
import tree_text
from environment import CHECKOUT, installed, say
from printing import print_bars, print_table, warn_of_company

TRAIN_COUNT, ROW_COUNT = 100_000, 10_000
SETS = ["tab_1m", "tab_wide"]
LIGHTGBM_BAR, PEER_BAR = 10, 1.5


def compare(name, arguments):
    """Prints rows per second of everyone; returns whether the bars are met."""
    trees, leaves = arguments.trees or 100, arguments.leaves
    folder = models_of(boosting_data.TABLES[name], trees, leaves)
    width = np.load(folder / "rows.npy", mmap_mode="r").shape[1]
    binary = retain.binary("Benchmarks")
    print(f"shap: {ROW_COUNT:,} rows of {width} columns as in {name}, {trees} trees of {leaves} "
          f"leaves grown by LightGBM, medians of {arguments.reps}")
    peers = installed(
        {peer: module for peer, (_, module, _) in shap_peers.PEERS.items()}, arguments.peers)
    runs = {
        (who, threads): [] for threads in arguments.thread_counts for who in ("retain", *peers)
        if who == "retain" or threads == 1 or shap_peers.PEERS[who][2]}
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        for repetition in range(arguments.reps):
            for (who, threads), each in runs.items():
                say(f"shap: {who}, {threads} threads, run {repetition + 1} of {arguments.reps}")
                os.environ["OMP_NUM_THREADS"] = str(threads)
                each.append(
                    ours(binary, folder, threads, Path(scratch)) if who == "retain"
                    else retain.measured(
                        [sys.executable, Path(__file__).with_name("shap_once.py"), folder, who,
                         threads, folder / "rows.npy", folder / "reference.npy"], Path(scratch)))
    print_runs(runs)
    is_met = print_bars(bars(runs))
    warn_of_company([run for each in runs.values() for run in each])
    return is_met


def models_of(table, trees, leaves):
    """The folder of the trees, rows and LightGBM's values, which are made on first use."""
    folder = CHECKOUT / ".build" / "peers" / f"shap-{table.name}-{trees}x{leaves}"
    if (folder / "complete").exists():
        return folder
    import lightgbm

    say(f"shap: LightGBM grows its trees in {folder.relative_to(CHECKOUT)}")
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(table.seed)
    _, cells, labels = table.draw(random, TRAIN_COUNT + ROW_COUNT)
    parameters = {
        "objective": "binary", "num_leaves": leaves, "learning_rate": 0.1, "num_threads": 2,
        "deterministic": True, "verbosity": -1}
    data = lightgbm.Dataset(cells[:TRAIN_COUNT], labels[:TRAIN_COUNT])
    lightgbm.train(parameters, data, trees).save_model(folder / shap_peers.LIGHTGBM_FILE)
    # As it is read from the file, so that all have the same digits.
    booster = shap_peers.lightgbm_model(folder)
    rows = np.ascontiguousarray(cells[TRAIN_COUNT:], np.float32)
    np.save(folder / "rows.npy", rows)
    rows.tofile(folder / "rows.f32")
    np.save(folder / "reference.npy", booster.predict(rows, pred_contrib=True)[:, :-1])
    tree_text.write(booster, folder / "trees.txt")
    shap_peers.carry_over(booster, folder / shap_peers.XGBOOST_FILE)
    (folder / "complete").touch()
    return folder


def ours(binary, folder, threads, scratch):
    """One run of ours, and how far its values are from LightGBM's."""
    values = scratch / "ours.f64"
    run = retain.measured(
        [binary, "shap", folder / "trees.txt", folder / "rows.f32", threads, values, "--json"],
        scratch)
    reference = np.load(folder / "reference.npy")
    return run | {
        "off": float(np.abs(np.fromfile(values).reshape(reference.shape) - reference).max())}


def median(each, key):
    return statistics.median(run[key] for run in each)


def print_runs(runs):
    lines = []
    for (who, threads), each in runs.items():
        seconds = median(each, "work_s")
        times = seconds / median(runs["retain", threads], "work_s")
        lines.append([
            who, str(threads), f"{seconds:.3f} s", f"{ROW_COUNT / seconds:,.0f}", f"{times:.2f}x",
            f"{max(run['off'] for run in each):.0e}"])
    print_table(["who", "threads", "time", "rows/s", "of retain's", "off by"], lines)


def bars(runs):
    """How many times faster than LightGBM, and than the fastest of the others."""
    found = []
    for threads in sorted({threads for _, threads in runs}):
        own = median(runs["retain", threads], "work_s")
        times = {
            who: median(each, "work_s") / own for (who, count), each in runs.items()
            if who != "retain" and count == threads}
        if "lightgbm" in times:
            found.append((
                f"LightGBM, {threads} threads", times.pop("lightgbm"), "{:.1f}x", ">=",
                LIGHTGBM_BAR))
        if times:
            who = min(times, key=times.get)
            found.append((f"{who}, {threads} threads", times[who], "{:.1f}x", ">=", PEER_BAR))
    off = max(run["off"] for (who, _), each in runs.items() if who == "retain" for run in each)
    found.append(("largest difference from LightGBM's", off, "{:.0e}", "<=", 1e-9))
    return found
