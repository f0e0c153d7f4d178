"""From a small CSV to a model file, as whole processes: `retain train` and a script of LightGBM."""
import statistics
import sys
import tempfile
from pathlib import Path

import datasets
import retain
from environment import say
from printing import print_bars, print_table, warn_of_company

# How many times as fast as the script.
BAR = 20


def compare(folder, arguments):
    """Prints the time from start to end of both; returns whether the bar is met."""
    binary, lines, bars, every = retain.binary(), [], [], []
    trees, leaves, threads = arguments.trees or 100, arguments.leaves, arguments.threads
    for public_set in (datasets.SETS["telco"], datasets.BANK_CHURN):
        if message := datasets.missing_message(public_set, folder):
            say(f"{public_set.name} is left out: {message}")
            continue
        runs = {"retain": [], "pandas and LightGBM": []}
        with datasets.plain_csv(public_set, folder) as table, \
                tempfile.TemporaryDirectory(prefix="peers-") as name:
            scratch = Path(name)
            dropped = datasets.not_learned_from(public_set)
            script = [
                sys.executable, Path(__file__).with_name("small_once.py"), table,
                public_set.label, public_set.positive, ",".join(dropped), trees, leaves, threads,
                scratch / "peer.txt"]
            for repetition in range(arguments.reps):
                say(f"{public_set.name}: run {repetition + 1} of {arguments.reps}")
                runs["retain"].append(retain.train(
                    binary, public_set, table, "gbm", threads, scratch, "--cv", "none",
                    "--trees", trees, "--leaves", leaves))
                runs["pandas and LightGBM"].append(retain.measured(script, scratch))
        ours, theirs = (
            statistics.median(run["seconds"] for run in each) for each in runs.values())
        for who, each in runs.items():
            seconds = statistics.median(run["seconds"] for run in each)
            peak = statistics.median(run["peak_bytes"] for run in each)
            lines.append([
                public_set.name, who, f"{seconds * 1e3:.0f} ms", f"{seconds / ours:.1f}x",
                f"{peak / 1e6:.0f} MB"])
            every += each
        bars.append((f"{public_set.name}: faster", theirs / ours, "{:.1f}x", ">=", BAR))
    print(f"small: {trees} trees of {leaves} leaves, whole processes from CSV to model, {threads} "
          f"threads, medians of {arguments.reps}")
    if not bars:
        print("  neither telco nor bank_churn is there")
        return True
    print_table(["set", "who", "time", "of retain's", "peak memory"], lines)
    is_met = print_bars(bars)
    warn_of_company(every)
    return is_met
