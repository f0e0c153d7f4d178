"""The public sets that the comparison is made on, read in the way that `retain` reads them."""
import contextlib
import gzip
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

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
    # Columns that nobody may learn from, and the column of the time that folds go along.
    drop: tuple = ()
    time: str | None = None
    # From the lines of the file to those of a CSV with a header.
    converted: Callable | None = None


def with_header(lines):
    """LightGBM's example: tabs, no header, the label first."""
    yield ",".join(["label", *(f"f{place:02d}" for place in range(1, 29))]) + "\n"
    for line in lines:
        yield line.replace("\t", ",")


def with_outcome(lines):
    """Without the days whose outcome lies beyond the data: no row of theirs is positive."""
    yield next(lines)
    for line in lines:
        if line.split(",")[1] < "2020-05-06":
            yield line


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


BANK_CHURN = PublicSet(
    "bank_churn", "Churn_Modelling.csv", "Exited", "1", 10_000,
    "github.com/VeNoM63/ANN-Classification-Churn-Modelling, Churn_Modelling.csv",
    id="CustomerId", drop=("RowNumber", "Surname"))

# What everyone's defaults are compared on.
ACCURACY_SETS = {
    each.name: each
    for each in [
        SETS["telco"], SETS["cell2cell"], BANK_CHURN, SETS["adult"],
        PublicSet(
            "lightgbm_binary", "binary.train", "label", "1", 7_000,
            "github.com/lightgbm-org/LightGBM, examples/binary_classification/binary.train",
            converted=with_header),
        PublicSet(
            "socialnet_sim", "socialnet7_dataset2.csv", "is_churn", "True", 23_198,
            "github.com/richhuwtaylor/fighting-churn, output/socialnet7_dataset2.csv",
            id="account_id", time="observation_date", converted=with_outcome),
    ]
}

# What calibrators are compared on.
CALIBRATION_SETS = ["telco", "cell2cell", "bank_churn", "adult", "socialnet_sim"]


def data_folder(given=None):
    """The folder of the public sets: `given`, else RETENTIONKIT_DATA, else .build/data."""
    return Path(given or os.environ.get("RETENTIONKIT_DATA") or CHECKOUT / ".build" / "data")


def missing_message(public_set, folder):
    """Where to get the set, if it is not in the folder; otherwise nothing."""
    path = Path(folder) / public_set.name / public_set.file
    if path.exists():
        return None
    return (
        f"{os.path.normpath(path)} is not there. Get the set ({public_set.source}) and put "
        f"it there, or name the folder that holds {public_set.name}/ with --data DIR or "
        "RETENTIONKIT_DATA.")


@contextlib.contextmanager
def plain_csv(public_set, folder):
    """The path of the set as a plain CSV file; another form is rewritten for the time being.

    Ends with exit code 66, input missing, where the set is not there.
    """
    if message := missing_message(public_set, folder):
        print(f"error: {message}", file=sys.stderr)
        sys.exit(66)
    path = Path(folder) / public_set.name / public_set.file
    if path.suffix != ".gz" and not public_set.converted:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        plain = Path(scratch) / f"{public_set.name}.csv"
        if public_set.converted:
            with open(path) as source, open(plain, "w") as written:
                written.writelines(public_set.converted(source))
        else:
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
        path, skipinitialspace=True, keep_default_na=False, na_values=MISSING,
        dtype={public_set.label: str})
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
    features = frame.drop(columns=[public_set.label, *not_learned_from(public_set)])
    numbers = features.columns[[kind != "category" for kind in features.dtypes]]
    return features.astype({name: np.float64 for name in numbers}), labels


def not_learned_from(public_set):
    """The columns beside the label that are no features."""
    return [*filter(None, [public_set.id, public_set.time]), *public_set.drop]
