"""Makes Tests/LogisticRegressionTests/Golden: what ours must equal.

Every figure is solved in extended precision (Scripts/peers/newton.py) and compared with
scikit-learn, statsmodels, or R's glm, glmnet, brglm2 and ns; where they differ by more than the
script allows, nothing is written. Here are the fits with a ridge, whose objective is the sum over
rows of weight * logloss, plus l2 / 2 * |coefficients|^2, intercept free; a file of Scripts/oracles
makes each of the others.

Run by Scripts/make-golden logistic. It needs an x86 machine for its 80-bit floats, and for the
files of Scripts/oracles R 4.2 with glmnet and brglm2 (Debian: apt-get install r-base-core
r-cran-glmnet r-cran-brglm2), which runs make-golden-logistic.R.
"""
import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import environment

environment.ensure()

import numpy as np
import statsmodels.api
from sklearn.linear_model import LogisticRegression

import datasets
import newton

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracles import elastic_net, files, firth, inference, multinomial, natural_spline
from oracles.files import GOLDEN, floats
from oracles.rows import draw_labels

OBJECTIVE = "sum(weight * logloss) + l2 / 2 * |coefficients|^2, intercept free"


def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    make_telco()
    make_ill_conditioned()
    make_weights()
    make_standard_errors()
    make_separated()
    for each in (multinomial, inference, firth, elastic_net, natural_spline):
        each.make()


def store(name, tolerance, what):
    """Writes one file; `what` is in the order in which it is to be read."""
    files.store(name, tolerance, what, OBJECTIVE)


def sklearn_difference(parameters, design, labels, l2, weights=None):
    """The largest relative difference of scikit-learn's coefficients and intercept from ours."""
    model = LogisticRegression(
        C=1 / l2, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(np.asarray(design, float), labels, sample_weight=weights)
    theirs = np.concatenate([model.intercept_, model.coef_[0]])
    return float(np.max(np.abs(theirs / parameters - 1)))


# --- Telco: real columns, collinear one-hots; the rows themselves are not stored.

TELCO_NUMBERS = ["SeniorCitizen", "tenure", "MonthlyCharges", "TotalCharges"]
TELCO_BOOLEANS = ["Partner", "Dependents", "PhoneService", "PaperlessBilling"]


def telco_column(name, cells):
    """The columns that one column of the file becomes, as (key, values, mean, deviation)."""
    if name in TELCO_NUMBERS:
        values = np.array([float(cell) if cell else np.nan for cell in cells])
    elif name in TELCO_BOOLEANS:
        values = np.array([float(cell == "Yes") for cell in cells])
    else:
        for level in dict.fromkeys(cells):
            yield f"{name}={level}", np.array([float(cell == level) for cell in cells]), None, None
        return
    yield (name, *newton.standardised(values))
    if np.isnan(values).any():
        yield f"{name} missing", np.isnan(values).astype(float), None, None


def make_telco():
    public_set = datasets.SETS["telco"]
    path = datasets.data_folder() / public_set.name / public_set.file
    if not path.exists():
        environment.say(f"telco.json is left as it is: not at hand: {public_set.source}")
        return
    with open(path, newline="") as file:
        rows = [{name: cell.strip() for name, cell in row.items()} for row in csv.DictReader(file)]
    labels = np.array([row["Churn"] == "Yes" for row in rows], int)
    columns = [
        column for name in rows[0] if name not in ("customerID", "Churn")
        for column in telco_column(name, [row[name] for row in rows])]
    keys = [key for key, *_ in columns]
    design = np.column_stack([values for _, values, *_ in columns])
    parameters, norm = newton.solved(design, labels, 1)
    scores = parameters[0] + design @ parameters[1:]
    missing = keys.index("TotalCharges missing")
    samples = [0, 1, int(np.flatnonzero(design[:, missing])[0]), len(rows) // 2, len(rows) - 1]
    store("telco", 1e-6, {
        "set": "telco", "source": public_set.source, "rows": len(rows), "l2": 1,
        "design": "numbers and booleans standardised (mean and population deviation of the present "
                  "values; missing is 0 after it); missing indicators and one-hots 0/1, unscaled; "
                  "all levels kept, in order of first appearance",
        "gradient_norm": norm,
        "sklearn_max_relative_difference": sklearn_difference(parameters, design, labels, 1),
        "penalised_objective": float(penalised_objective(design, labels, parameters, 1)),
        "numbers": TELCO_NUMBERS,
        "booleans": TELCO_BOOLEANS,
        "means": {key: float(mean) for key, _, mean, _ in columns if mean is not None},
        "deviations": {key: float(sd) for key, _, _, sd in columns if sd is not None},
        "intercept": float(parameters[0]),
        "coefficients": dict(zip(keys, floats(parameters[1:]))),
        "sample_rows": samples,
        "sample_probabilities": floats(1 / (1 + np.exp(-scores[samples]))),
    })


def penalised_objective(design, labels, parameters, l2, weights=None):
    """The objective at a solution."""
    penalty = np.full(len(parameters), l2, newton.Wide)
    penalty[0] = 0
    weights = np.ones(len(labels)) if weights is None else weights
    wide = newton.with_intercept(newton.widened(design))
    return newton.objective(wide, labels, penalty, newton.widened(weights), parameters)


# --- Generated sets, whose rows are stored.


def data(columns, labels, weights=None):
    """The fields that hold a generated set: one list per column."""
    fields = {"columns": [floats(column) for column in columns.T], "labels": labels.tolist()}
    return fields if weights is None else fields | {"weights": floats(weights)}


def standardised_case(columns, labels, l2, weights=None, standardisation_weights=None):
    """One solution on standardised columns, with a 0/1 indicator after each that has gaps."""
    names, design, means, deviations = [], [], [], []
    for index, column in enumerate(columns.T):
        values, mean, deviation = newton.standardised(column, standardisation_weights)
        names.append(f"x{index}")
        design.append(values)
        means.append(mean)
        deviations.append(deviation)
        if np.isnan(column).any():
            names.append(f"x{index} missing")
            design.append(np.isnan(column).astype(float))
    design = np.column_stack(design)
    parameters, norm = newton.solved(design, labels, l2, weights)
    scores = parameters[0] + design @ parameters[1:]
    return {
        "l2": l2, "gradient_norm": norm,
        "sklearn_max_relative_difference": sklearn_difference(
            parameters, design, labels, l2, weights),
        "penalised_objective": float(
            penalised_objective(design, labels, parameters, l2, weights)),
        "means": floats(means), "deviations": floats(deviations),
        "intercept": float(parameters[0]),
        "coefficients": dict(zip(names, floats(parameters[1:]))),
        "sample_rows": [0, 1, 2, 3, 4],
        "sample_probabilities": floats(1 / (1 + np.exp(-scores[:5]))),
    }


def make_ill_conditioned():
    generator = np.random.default_rng(2)
    count = 200
    tiny, huge, base, shifted = generator.standard_normal((4, count))
    columns = np.column_stack([
        tiny * 1e-6,
        huge * 1e6,
        base,
        base + 1e-7 * generator.standard_normal(count),
        tiny * 1e-6,
        1e3 + shifted,
    ])
    labels = draw_labels(generator, tiny - 0.7 * huge + 1.2 * base + 0.5 * shifted - 0.3)
    store("ill-conditioned", 1e-6, {
        "about": "x0 of size 1e-6, x1 of size 1e6, x3 = x2 but for 1e-7, x4 = x0, x5 around 1000; "
                 "coefficients are those of the standardised columns",
        **data(columns, labels),
        "cases": [standardised_case(columns, labels, l2) for l2 in (1, 1e-4)],
    })


def make_weights():
    generator = np.random.default_rng(3)
    count = 60
    columns = generator.standard_normal((count, 3)) * [1, 20, 0.5] + [0, 100, 0]
    labels = draw_labels(generator, columns[:, 0] + 0.04 * (columns[:, 1] - 100))
    columns = columns.round(6)
    columns[generator.random(count) < 0.2, 1] = np.nan
    columns[generator.random(count) < 0.1, 2] = np.nan
    # Whole weights, among them 0, so that a weight can be checked to be that many rows.
    weights = generator.integers(0, 4, count).astype(float)
    repeated = np.repeat(np.arange(count), weights.astype(int))
    weighted = standardised_case(columns, labels, 1, weights, standardisation_weights=weights)
    rows = standardised_case(columns[repeated], labels[repeated], 1)
    if not np.allclose(
            list(weighted["coefficients"].values()), list(rows["coefficients"].values()),
            rtol=1e-12, atol=0):
        raise SystemExit("error: a weight of k is not k rows.")
    store("weights", 1e-6, {
        "about": "null is missing; after a column with gaps comes its 0/1 indicator, unscaled; "
                 "means and deviations are over the present values, in one case weighted (a weight "
                 "of k is then k rows), in the other not",
        **data(columns, labels, weights),
        "cases": [
            {"standardisation": "weighted"} | weighted,
            {"standardisation": "unweighted"} | standardised_case(columns, labels, 1, weights),
        ],
    })


def make_standard_errors():
    generator = np.random.default_rng(4)
    count = 300
    columns = generator.standard_normal((count, 4)) * [1, 3, 0.2, 10] + [0, 1, 0, -5]
    columns = columns.round(6)
    labels = draw_labels(
        generator, columns @ [0.8, -0.3, 2, 0.05] + 0.2)
    store("standard-errors", 1e-6, {
        "about": "coefficients and standard errors on the scale of the columns themselves, first "
                 "the intercept's; standard errors are sqrt(diag(inv(X'WX + l2 D))), D the "
                 "identity but 0 for the intercept, taken on the scale that is penalised",
        **data(columns, labels),
        "cases": [
            {"penalised": "nothing"} | unpenalised_case(columns, labels),
            {"penalised": "coefficients of the columns as they are"}
            | ridge_case(columns, labels, 20, is_standardised=False),
            {"penalised": "coefficients of the standardised columns"}
            | ridge_case(columns, labels, 20, is_standardised=True),
        ],
    })


def unpenalised_case(columns, labels):
    """Maximum likelihood, compared with statsmodels."""
    result = statsmodels.api.Logit(labels, newton.with_intercept(columns)).fit(
        method="newton", tol=1e-14, maxiter=100, disp=False)
    case = ridge_case(columns, labels, 0, is_standardised=False)
    ours = np.array([[case["intercept"], *case["coefficients"]], case["standard_errors"]])
    theirs = np.array([result.params, result.bse])
    return case | {"statsmodels_max_relative_difference": float(np.max(np.abs(theirs / ours - 1)))}


def ridge_case(columns, labels, l2, is_standardised):
    """Solution and standard errors, carried back to the scale of the columns."""
    means, deviations = np.zeros(columns.shape[1]), np.ones(columns.shape[1])
    if is_standardised:
        means, deviations = columns.mean(axis=0), columns.std(axis=0)
    design = (columns - means) / deviations
    parameters, norm = newton.solved(design, labels, l2)
    wide = newton.with_intercept(newton.widened(design))
    probabilities = 1 / (1 + np.exp(-(wide @ parameters)))
    penalty = np.diag([0.0] + [l2] * columns.shape[1])
    information = newton.information(wide, probabilities, np.ones(len(labels))).astype(float)
    covariance = np.linalg.inv(information + penalty)
    # natural = back @ standardised; the intercept takes in what the means shift.
    back = np.diag(np.concatenate([[1.0], 1 / deviations]))
    back[0, 1:] = -means / deviations
    natural = back @ parameters.astype(float)
    return {
        "l2": l2, "gradient_norm": norm,
        "intercept": float(natural[0]), "coefficients": floats(natural[1:]),
        "standard_errors": floats(np.sqrt(np.diag(back @ covariance @ back.T))),
    }


def make_separated():
    generator = np.random.default_rng(5)
    columns = generator.standard_normal((80, 2)).round(6)
    labels = (columns @ [1.0, 0.5] > 0.1).astype(int)
    store("separated", 1e-6, {
        "about": "x0 + x1 / 2 > 0.1 tells the labels apart without a fault; coefficients are those "
                 "of the standardised columns",
        **data(columns, labels),
        "cases": [standardised_case(columns, labels, 1)],
    })


main()
