"""Compares `retain` with Polars, DuckDB and pyarrow on event logs."""
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import retain
import usage_log
from environment import say
from printing import print_table

# Float32 against a sum of the peers' own order.
TOLERANCE = 1e-6
# Of all variants tried the fastest with each, and Polars' smallest.
FEATURE_PEERS = {
    "polars": ("features_polars.py", "once"),
    "polars streaming": ("features_polars.py", "streaming"),
    "duckdb": ("features_duckdb.py", None),
}
CSV_PEERS = ["polars", "pyarrow", "duckdb"]


def compare_features(event_count, repetitions, threads):
    """Times the way from CSV to 64 columns; returns whether all cells are equal."""
    folder = usage_log.folder(event_count)
    binary = retain.binary()
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        config = configured(binary, folder)
        runs = {"retain": [], **{peer: [] for peer in FEATURE_PEERS}}
        for repetition in range(repetitions):
            say(f"features: run {repetition + 1} of {repetitions}")
            warm(folder)
            # Nobody is timed while the file system gives back the blocks of the run before.
            (scratch / "ours.csv").unlink(missing_ok=True)
            runs["retain"].append(retain.measured(
                [binary, "features", "--config", config, "--threads", threads,
                 "--output", scratch / "ours.csv", "--json"], scratch))
            for peer, (script, variant) in FEATURE_PEERS.items():
                runs[peer].append(peer_run(
                    script, [folder, scratch / f"{peer}.npy", variant or threads], threads,
                    scratch))
        print_features(event_count, threads, runs)
        return same_cells(scratch, runs)


def configured(binary, folder):
    """The configuration in which `retain` computes the needed columns and no others."""
    listing = subprocess.run(
        [binary, "features", "--config", usage_log.configuration(folder, []), "--list", "--json"],
        capture_output=True, text=True, check=True)
    wanted = set(usage_log.OUR_NAMES.values())
    names = [
        feature["name"] for feature in json.loads(listing.stdout)["features"]
        if not feature.get("absent")]
    if missing := wanted - set(names):
        sys.exit(f"error: retain has no feature {', '.join(sorted(missing))}.")
    return usage_log.configuration(folder, [name for name in names if name not in wanted])


def warm(folder):
    """Reads the log once, so that nobody is timed waiting for the disk."""
    with open(folder / "events.csv", "rb") as file:
        while file.read(1 << 24):
            pass


def peer_run(script, arguments, threads, scratch):
    """One run of a peer in a fresh process; `work_s` leaves out the start of Python."""
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    return retain.measured(
        [sys.executable, Path(__file__).with_name(script), *arguments], scratch)


def print_features(event_count, threads, runs):
    """Medians beside each other. Ours is the whole process, theirs what is behind the imports."""
    repetitions = len(runs["retain"])
    print(f"features: {event_count:,} events, {threads} threads, medians of {repetitions}")

    def median(who, key):
        return statistics.median(run[key] for run in runs[who])

    ours = median("retain", "seconds")
    lines = []
    for who in runs:
        seconds = median(who, "seconds" if who == "retain" else "work_s")
        what = "whole process, to a CSV" if who == "retain" else "to a matrix in memory"
        lines.append([
            who, f"{seconds:.2f} s", f"{seconds / ours:.1f}x", f"{median(who, 'cpu_s'):.1f} s",
            f"{median(who, 'peak_bytes') / 1e6:.0f} MB", what])
    library = median("retain", "read_s") + median("retain", "features_s")
    lines.insert(1, [
        "retain, library", f"{library:.2f} s", f"{library / ours:.1f}x", "", "",
        "to a matrix in memory"])
    print_table(["who", "time", "of retain's", "CPU", "peak memory", "what is timed"], lines)
    warn(runs)


def warn(runs):
    """Says where the machine was shared, which spoils times but not CPU seconds."""
    every = [run for each in runs.values() for run in each]
    disturbed = sum(run["foreign_s"] > 0.03 + 0.06 * run["seconds"] for run in every)
    if disturbed:
        print(f"  Other processes were at work in {disturbed} of {len(every)} runs: compare CPU "
              "seconds, do not quote times.")


def same_cells(scratch, runs):
    """Compares every cell of every matrix with ours."""
    ids, ours = usage_log.our_matrix(scratch / "ours.csv")
    if ids != sorted(ids):
        sys.exit("error: retain's rows are not sorted by account.")
    ours = ours.astype(np.float32)
    is_same = True
    for peer in FEATURE_PEERS:
        theirs = np.load(scratch / f"{peer}.npy")
        if theirs.shape != ours.shape:
            sys.exit(f"error: {peer} has the shape {theirs.shape}, retain {ours.shape}.")
        difference = np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))
        differs = ~(difference <= TOLERANCE) & ~(np.isnan(ours) & np.isnan(theirs))
        counts = {
            name: int(differs[:, place].sum()) for place, name in enumerate(usage_log.COLUMNS)
            if differs[:, place].any()}
        print(f"  {peer}: {ours.size:,} cells, {differs.sum():,} differ"
              + "".join(f"\n    {name}: {count}" for name, count in counts.items()))
        is_same = is_same and not counts
    return is_same


def compare_csv(event_count, repetitions, threads):
    """Times the way from CSV to typed columns in memory."""
    folder = usage_log.folder(event_count)
    benchmarks = retain.binary("Benchmarks")
    log = folder / "events.csv"
    with tempfile.TemporaryDirectory(prefix="peers-") as name:
        scratch = Path(name)
        runs = {"retain": [], **{peer: [] for peer in CSV_PEERS}}
        for repetition in range(repetitions):
            say(f"csv: run {repetition + 1} of {repetitions}")
            warm(folder)
            runs["retain"].append(retain.measured(
                [benchmarks, "event-columns", log, threads, "--json"], scratch))
            for peer in CSV_PEERS:
                runs[peer].append(
                    peer_run("read_once.py", [log, peer, threads], threads, scratch))
    ours = statistics.median(run["work_s"] for run in runs["retain"])
    size = log.stat().st_size
    print(f"csv: {event_count:,} events, {size / 1e6:.0f} MB, {threads} threads, "
          f"medians of {repetitions}")
    columns = {
        "retain": "codes, fingerprints, days, exact values",
        "polars": "texts, an enum, timestamps, floats",
        "pyarrow": "texts, a dictionary, timestamps, floats",
        "duckdb": "texts, an enum, timestamps, floats; compressed",
    }
    lines = []
    for who, each in runs.items():
        seconds = statistics.median(run["work_s"] for run in each)
        lines.append([
            who, f"{seconds:.2f} s", f"{seconds / ours:.1f}x", f"{size / seconds / 1e9:.2f} GB/s",
            f"{statistics.median(run['cpu_s'] for run in each):.1f} s",
            f"{statistics.median(run['peak_bytes'] for run in each) / 1e6:.0f} MB", columns[who]])
    print_table(["who", "time", "of retain's", "", "CPU", "peak memory", "what it holds"], lines)
    warn(runs)
    print("  Not the same work: retain keeps no text of a user's id, only its fingerprint, and of "
          "a time\n  the day and whether it was in office hours; the peers keep all texts.")
    return all(run["rows"] == event_count for each in runs.values() for run in each)
