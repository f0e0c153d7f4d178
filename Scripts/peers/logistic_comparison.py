"""Compares `retain` with the libraries that fit logistic regressions, on made-up tables."""
import json
import os
import statistics
import sys
import tempfile
import zlib
from importlib import metadata
from pathlib import Path

import numpy as np

import logistic_data
import model_file
import retain
from environment import installed, say
from logistic_peers import MODULES, PEERS
from printing import is_disturbed, print_bars, print_table, warn_of_company

# How many times as fast as the fastest peer that comes as close to the optimum.
SPEED = {"tab_wide": 2.0, "tab_1m": 2.0, "tab_cat": 5.0}
# The share of that peer's memory, for what is sparse.
MEMORY = {"tab_cat": 0.25}
# How `retain` fits, by its name here: as most peers do, which say nothing of how sure coefficients
# are, and with standard errors, as the others do.
OURS = {"retain": "none", "retain, errors": "errors"}
# A peer that takes so many times as long as the fastest one is timed once.
FAR_BEHIND = 2.0


def compare(table, arguments):
    """Prints times, objectives and memory beside each other; returns whether every bar is met."""
    path = logistic_data.prepared(table, arguments.scale)
    binary = retain.binary()
    judge = Judge(path)
    print(f"{table.name}: {len(judge.labels):,} rows, {judge.matrix.shape[1]} columns, l2 = 1; "
          f"medians of {arguments.reps}; each peer at its loosest tolerance whose objective is "
          f"within {logistic_data.GAP:g} of the optimum")
    peers = {
        name: known_tolerance(path, name) for name in installed(MODULES, arguments.peers)
        if can_learn(PEERS[name], table) and (not PEERS[name].is_slow or arguments.peers)}
    is_met, every = True, []
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        for threads in arguments.thread_counts:
            runs = timed(table.name, binary, peers, threads, arguments.reps, Path(name), judge)
            print(f"{threads} thread{'s' if threads > 1 else ''}")
            print_runs(runs)
            is_met = print_bars(bars(table.name, threads, runs)) and is_met
            every += [run for each in runs.values() for run in each]
    warn_of_company(every)
    if arguments.scale != 1:
        print("  The bars are meant for the whole table, not for a share of it.")
    return is_met


def known_tolerance(path, peer):
    """The tolerance that was found for this very peer on this table, or `search`."""
    file = tolerance_file(path, peer)
    return file.read_text() if file.exists() else "search"


def tolerance_file(path, peer):
    """Where the tolerance of a peer is kept: another version, or another choice, has another."""
    module = {"sklearn": "scikit-learn", "sklearnex": "scikit-learn-intelex"}.get(
        PEERS[peer].module, PEERS[peer].module)
    tried = "-".join(map(str, PEERS[peer].tolerances))
    return path / f"tolerance-{peer}-{metadata.version(module)}-{zlib.crc32(tried.encode()):08x}"


def can_learn(peer, table):
    """Whether a peer plays on a table."""
    return peer.is_for_categories or not table.category_count


def timed(table_name, binary, peers, threads, repetitions, scratch, judge):
    """All runs with some number of threads, by who made them; `peers` learns their tolerances."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    # Kernels named by hand would hold back some peers and not others.
    os.environ.pop("OPENBLAS_CORETYPE", None)
    runs = {who: [] for who in [*OURS, *peers]}
    for repetition in range(repetitions):
        for who, each in runs.items():
            if repetition and is_far_behind(who, runs):
                continue
            say(f"{table_name}, {threads} threads: {who}, run {repetition + 1} of {repetitions}")
            if who in OURS:
                each.append(fit_ours(binary, threads, OURS[who], scratch, judge))
                continue
            each.append(retain.measured(
                [sys.executable, Path(__file__).with_name("logistic_once.py"), judge.path, who,
                 threads, peers[who]], scratch))
            if each[-1]["columns"] != judge.matrix.shape[1]:
                sys.exit(f"error: {who} has {each[-1]['columns']} columns.")
            if is_close(each[-1]):
                peers[who] = json.dumps(each[-1]["tolerance"])
                tolerance_file(judge.path, who).write_text(peers[who])
    return runs


def is_close(run):
    """Whether a run came close enough to the optimum; without a penalty there is no telling."""
    return run["gap"] is not None and run["gap"] <= logistic_data.GAP


def is_far_behind(who, runs):
    """Whether a peer is too slow to be worth more runs, or does not arrive at all.

    A run beside other processes is no proof of that.
    """
    if who in OURS:
        return False
    fastest = min(
        (run["fit_s"] for peer, each in runs.items() if peer not in OURS
         for run in each if is_close(run)), default=np.inf)
    return not is_close(runs[who][0]) or any(
        run["fit_s"] > FAR_BEHIND * fastest for run in runs[who] if not is_disturbed(run))


class Judge:
    """Tells how far a model of `retain` is from the optimum, from the numbers in its file."""

    def __init__(self, path):
        self.path = path
        self.matrix, self.names = logistic_data.design(path)
        self.labels = np.load(path / "labels.npy")

    def gap(self, model):
        """The gap of a model file."""
        learned = model_file.logistic(model)
        coefficients = learned["coefficients"]
        if unknown := set(coefficients) - set(self.names):
            sys.exit(f"error: the peers have no columns {', '.join(sorted(unknown)[:5])}.")
        parameters = [coefficients.get(name, 0.0) for name in self.names] + [learned["intercept"]]
        return logistic_data.gap(self.path, self.matrix, self.labels, np.array(parameters))


def fit_ours(binary, threads, inference, scratch, judge):
    """One `retain train` that does nothing but fit."""
    model = scratch / "m.retain"
    model.unlink(missing_ok=True)
    run = retain.measured([
        binary, "train", "--table", judge.path / "filled.csv", "--label", logistic_data.LABEL,
        "--learner", "logistic", "--l2", logistic_data.L2, "--transform", "none",
        "--encode", "none", "--calibration", "none", "--cv", "none", "--inference", inference,
        "--threads", threads, "--output", model, "--json"], scratch)
    return run | {
        "fit_s": run["timings"]["fit_s"], "encode_s": run["timings"].get("prepare_s"),
        "fit_peak_bytes": run["peak_rss_bytes"], "gap": judge.gap(model), "tolerance": None}


def median(runs, key):
    """The median of a measure; none where it is not known."""
    values = [run.get(key) for run in runs]
    return None if None in values or not values else statistics.median(values)


def shown(value, form):
    """A measure as text; empty where there is none."""
    return "" if value is None else form.format(value)


def print_runs(runs):
    """A line for each: median times, ratio, objective, memory."""
    ours = median(runs["retain"], "fit_s")
    print_table(
        ["who", "runs", "fit", "of retain's", "prepare", "gap", "tolerance", "peak"],
        [[who, str(len(each)), f"{median(each, 'fit_s'):.3f} s",
          f"{median(each, 'fit_s') / ours:.2f}x", shown(median(each, "encode_s"), "{:.3f} s"),
          shown(median(each, "gap"), "{:.1e}"), shown(each[0]["tolerance"], "{:g}"),
          f"{median(each, 'fit_peak_bytes') / 1e6:.0f} MB"]
         for who, each in runs.items()])


def bars(table_name, threads, runs):
    """What is asked of a table, and what was measured."""
    ours = runs["retain"]
    asked = [("objective above the optimum",
              max(run["gap"] for who in OURS for run in runs[who]), "{:.1e}", "<=",
              logistic_data.GAP)]
    close = {who: each for who, each in runs.items() if who not in OURS and is_close(each[0])}
    if close:
        fastest = min(close, key=lambda who: median(close[who], "fit_s"))
        ratio = median(close[fastest], "fit_s") / median(ours, "fit_s")
        asked.append((f"faster than {fastest}", ratio, "{:.2f}x", ">=", SPEED[table_name]))
        if share := MEMORY.get(table_name):
            used = median(ours, "fit_peak_bytes") / median(close[fastest], "fit_peak_bytes")
            asked.append((f"memory of {fastest}", used, "{:.2f}", "<=", share))
    for who in runs:
        if who not in OURS and PEERS[who].has_errors:
            ratio = median(runs[who], "fit_s") / median(runs["retain, errors"], "fit_s")
            asked.append((f"faster than {who}, errors on both sides", ratio, "{:.2f}x", ">=",
                          SPEED[table_name]))
    return asked
