"""How the stored references of logistic regression are written, and how R is asked."""
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import environment

GOLDEN = environment.CHECKOUT / "Tests" / "LogisticRegressionTests" / "Golden"
R_SCRIPT = environment.CHECKOUT / "Scripts" / "make-golden-logistic.R"
# What two ways of computing the same figure may differ by before a file is written at all.
AGREEMENT = 1e-8


def store(name, tolerance, what, objective, r_versions=None):
    """Writes one file; `what` is in the order in which it is to be read."""
    packages = ("numpy", "python", "scikit-learn", "statsmodels")
    versions = {key: value for key, value in environment.versions().items() if key in packages}
    head = {
        "script": "Scripts/make-golden-logistic.py", "versions": versions | (r_versions or {}),
        "objective": objective, "tolerance": tolerance}
    path = GOLDEN / f"{name}.json"
    # One line for each outermost field and each set: short to read, and short in a diff.
    fields = ",\n".join(
        f"  {json.dumps(key)}: {listed(key, value)}" for key, value in (head | what).items())
    path.write_text(f"{{\n{fields}\n}}\n")
    print(f"{path.relative_to(environment.CHECKOUT)}: {path.stat().st_size} bytes")


def listed(key, value):
    """The text of a field."""
    if key != "sets":
        return json.dumps(value)
    return "[\n" + ",\n".join(f"    {json.dumps(each)}" for each in value) + "\n  ]"


def floats(values):
    """Numbers as JSON has them, nested as they are; NaN becomes null."""
    if np.ndim(values) > 0:
        return [floats(value) for value in values]
    return None if np.isnan(values) else float(values)


def difference(theirs, ours):
    """The largest relative difference; where ours is 0, theirs is to be so too."""
    theirs, ours = np.ravel(np.asarray(theirs, float)), np.ravel(np.asarray(ours, float))
    if theirs.shape != ours.shape:
        raise SystemExit(f"error: {len(theirs)} reference figures for {len(ours)} of our own.")
    size = np.where(ours == 0, 1, np.abs(ours))
    return float(np.max(np.abs(theirs - ours) / size))


def agreed(what, theirs, ours, limit=AGREEMENT):
    """The difference, if it is small; two references that disagree are none."""
    found = difference(theirs, ours)
    if not found <= limit:
        sys.exit(f"error: {what}: the references differ by {found:.1e}, more than {limit:.0e}.")
    return found


def asked_of_r(part, tables):
    """Runs a part of make-golden-logistic.R on tables (name -> column -> values).

    Returns what it put, name -> numbers, and the versions it ran with.
    """
    command = shutil.which("Rscript")
    if command is None:
        sys.exit("error: Rscript is not here. Debian: "
                 "apt-get install r-base-core r-cran-glmnet r-cran-brglm2")
    with tempfile.TemporaryDirectory(prefix="golden-") as name:
        for table, columns in tables.items():
            with open(Path(name) / f"{table}.csv", "w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                # repr tells a double to the last bit.
                writer.writerows(zip(*[[as_text(cell) for cell in each]
                                       for each in columns.values()]))
        run = subprocess.run([command, "--vanilla", R_SCRIPT, part, name])
        if run.returncode != 0:
            sys.exit(f"error: {R_SCRIPT.name} {part} failed; see above.")
        lines = (Path(name) / "out.txt").read_text().splitlines()
    found, versions = {}, {}
    for line in lines:
        key, _, values = line.partition("\t")
        if key.startswith("version "):
            versions[key.removeprefix("version ")] = values
        else:
            found[key] = np.array([float(value) for value in values.split()])
    return found, versions


def as_text(cell):
    """A cell of a CSV."""
    return cell if isinstance(cell, str) else repr(float(cell))
