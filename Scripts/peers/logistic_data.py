"""The made-up tables of boosting_data.py for logistic regression, and the optimum on each.

Gaps are filled with the mean of their column beforehand, in the CSV and so in the arrays: `retain`
would make a column of them, the peers would not, and both are to minimise the same function.
"""
import json

import numpy as np
import polars as pl

import boosting_data
from boosting_data import LABEL
from environment import say

L2 = 1.0
# A word of fewer rows shares a level with all such words, as in `retain`.
MIN_ROWS_PER_LEVEL = 20
# How far an objective may be above the optimum, relative to it.
GAP = 1e-8


def prepared(table, scale=1.0):
    """The folder of a table, with what is made of it on first use."""
    path = boosting_data.folder(table, scale) / "logistic"
    if (path / "optimum.json").exists():
        return path
    say(f"Preparing {table.name} for logistic regression, and solving it once.")
    path.mkdir(exist_ok=True)
    frame = pl.read_csv(path.parent / "train.csv")
    frame = frame.with_columns(
        pl.col(name).fill_null(pl.col(name).mean()) for name in frame.columns
        if frame[name].null_count())
    frame.write_csv(path / "filled.csv")
    labels = frame[LABEL].to_numpy().astype(float)
    np.save(path / "labels.npy", labels)
    if not table.category_count:
        np.save(path / "design.npy", standardised(frame.drop(LABEL)))
    matrix, _ = design(path)
    parameters, slope = optimum(matrix, labels)
    found = {"objective": objective(matrix, labels, parameters), "largest_slope": slope}
    (path / "optimum.json").write_text(json.dumps(found))
    return path


def optimal_objective(path):
    """The least value of what is minimised."""
    return json.loads((path / "optimum.json").read_text())["objective"]


def standardised(numbers):
    """Columns with mean 0 and population deviation 1, as float64 by rows."""
    cells = numbers.to_numpy().astype(float, order="C")
    cells -= cells.mean(axis=0)
    cells /= cells.std(axis=0)
    return cells


def design(path):
    """All columns as a matrix, sparse where there are categories, and what each is called."""
    if (path / "design.npy").exists():
        header = (path / "filled.csv").open().readline().strip().split(",")
        return np.load(path / "design.npy"), [name for name in header if name != LABEL]
    from scipy import sparse

    frame = pl.read_csv(path / "filled.csv").drop(LABEL)
    names, blocks, numbers = [], [], []
    for name, column in zip(frame.columns, frame.iter_columns()):
        if column.dtype != pl.String:
            numbers.append(name)
            continue
        counts = column.value_counts()
        kept = sorted(counts.filter(pl.col("count") >= MIN_ROWS_PER_LEVEL)[name])
        place_of_level = {level: place for place, level in enumerate(kept)}
        places = column.replace_strict(
            place_of_level, default=len(kept), return_dtype=pl.Int32).to_numpy()
        width = max(len(kept), places.max() + 1)
        names += [f"{name}={level}" for level in [*kept, "(other)"][:width]]
        blocks.append(sparse.csr_array(
            (np.ones(len(places)), places, np.arange(len(places) + 1)),
            shape=(len(places), width)))
    blocks.append(sparse.csr_array(standardised(frame[numbers])))
    return sparse.hstack(blocks, format="csr"), names + numbers


def objective(matrix, labels, parameters):
    """sum(logloss) + l2 / 2 * |coefficients|^2; the intercept, which is last, is free."""
    coefficients, scores = parameters[:-1], matrix @ parameters[:-1] + parameters[-1]
    losses = np.logaddexp(0, scores) - labels * scores
    return float(losses.sum() + L2 / 2 * (coefficients @ coefficients))


def gap(path, matrix, labels, parameters):
    """How far parameters are from the optimum, relative to it."""
    best = optimal_objective(path)
    return (objective(matrix, labels, parameters) - best) / best


def optimum(matrix, labels):
    """Newton from zero until no step makes the gradient smaller, and the gradient's largest slope.

    Dense columns take their products by dsyrk. The same is done by the peer `numpy-irls`, which
    stops where it is good enough.
    """
    parameters, best = np.zeros(matrix.shape[1] + 1), (np.inf, None)
    for _ in range(30):
        gradient, information = slopes(matrix, labels, parameters)
        largest = float(np.abs(gradient).max())
        if largest >= best[0]:
            return best[1], best[0]
        best = largest, parameters
        parameters = parameters - solved(information, gradient)
    raise SystemExit("error: Newton does not come to an end.")


def slopes(matrix, labels, parameters):
    """The gradient, and the lower triangle of the Hessian, of what is minimised."""
    from scipy import sparse
    from scipy.linalg.blas import dsyrk

    width = matrix.shape[1]
    probabilities = 1 / (1 + np.exp(-(matrix @ parameters[:-1] + parameters[-1])))
    residuals, spread = probabilities - labels, probabilities * (1 - probabilities)
    gradient = np.append(matrix.T @ residuals + L2 * parameters[:-1], residuals.sum())
    information = np.empty((width + 1, width + 1), order="F")
    if sparse.issparse(matrix):
        scaled = sparse.diags_array(np.sqrt(spread)) @ matrix
        information[:-1, :-1] = (scaled.T @ scaled).toarray()
    else:
        scaled = matrix * np.sqrt(spread)[:, None]
        information[:-1, :-1] = dsyrk(1.0, scaled.T, lower=1)
    information[-1, :-1] = matrix.T @ spread
    information[-1, -1] = spread.sum()
    information[np.arange(width), np.arange(width)] += L2
    return gradient, information


def solved(information, gradient):
    """The step of Newton."""
    from scipy.linalg import cho_factor, cho_solve

    return cho_solve(cho_factor(information, lower=True, overwrite_a=True), gradient)
