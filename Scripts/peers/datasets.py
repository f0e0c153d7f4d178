"""The public sets that the comparison is made on, read in the way that `retain` reads them."""
import contextlib
import gzip
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from environment import CHECKOUT

# Cells that are no value; a `?` is an ordinary level.
MISSING = ["", "NA", "NaN"]


@dataclass(frozen=True)
class PublicSet:
    """Where a set lies in the data folder, and which of its columns mean what."""

    name: str
    file: str
    label: str
    positive: str
    row_count: int
    source: str
    id: str | None = None


SETS = {
    each.name: each
    for each in [
        PublicSet(
            "telco", "WA_Fn-UseC_-Telco-Customer-Churn.csv", "Churn", "Yes", 7_043,
            "IBM Telco customer churn; github.com/AhmeddIsmaill/Customer_Churn, Churn.csv",
            id="customerID"),
        PublicSet(
            "cell2cell", "cell2celltrain.csv.gz", "Churn", "Yes", 51_047,
            "Cell2Cell; github.com/hitoshinagano/data, cell2celltrain.csv.zip, as .csv.gz",
            id="CustomerID"),
        PublicSet(
            "adult", "adult.data", "Y", ">50K", 32_561,
            "UCI Adult with a header line; github.com/YuzhongHuangCS/fairness, adult.data"),
    ]
}


def data_folder(given=None):
    """The folder of the public sets: `given`, else RETENTIONKIT_DATA, else .build/data."""
    return Path(given or os.environ.get("RETENTIONKIT_DATA") or CHECKOUT / ".build" / "data")


def fail_for_missing(path, public_set):
    """Says where to get the set; exit code 66, input missing."""
    print(
        f"error: {os.path.normpath(path)} is not there. Get the set ({public_set.source}) and put "
        f"it there, or name the folder that holds {public_set.name}/ with --data DIR or "
        "RETENTIONKIT_DATA.", file=sys.stderr)
    sys.exit(66)


@contextlib.contextmanager
def plain_csv(public_set, folder):
    """The path of the set as a plain CSV file; a packed one is unpacked for the time being."""
    path = Path(folder) / public_set.name / public_set.file
    if not path.exists():
        fail_for_missing(path, public_set)
    if path.suffix != ".gz":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        plain = Path(scratch) / path.stem
        with gzip.open(path) as packed, open(plain, "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
        yield plain


def read(public_set, path):
    """The features as a frame and the labels as 0 and 1.

    Columns that hold numbers alone are float64 with NaN; all others are categories with
    surrounding blanks removed.
    """
    import numpy as np
    import pandas as pd

    frame = pd.read_csv(
        path, skipinitialspace=True, keep_default_na=False, na_values=MISSING)
    text = frame.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]]
    for name in text:
        # Trims each level once, not each cell; levels that become equal become one.
        levels = frame[name].astype("category")
        trimmed = levels.cat.categories.str.strip()
        frame[name] = (
            levels.cat.rename_categories(trimmed) if trimmed.is_unique
            else frame[name].str.strip().astype("category"))
    labels = (frame[public_set.label] == public_set.positive).to_numpy().astype(np.int8)
    if len(frame) != public_set.row_count:
        sys.exit(f"error: {path} has {len(frame)} rows; expected {public_set.row_count}.")
    features = frame.drop(columns=[public_set.label, *filter(None, [public_set.id])])
    numbers = features.columns[[kind != "category" for kind in features.dtypes]]
    return features.astype({name: np.float64 for name in numbers}), labels
