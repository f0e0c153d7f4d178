"""Makes inference.json: what an unpenalised fit tells of its coefficients.

Every figure is computed here in extended precision from its formula, and compared with R's glm and
drop1 and with statsmodels before it is stored.
"""
import warnings

import numpy as np
import scipy.stats
import statsmodels.api
from statsmodels.stats.outliers_influence import variance_inflation_factor

import newton
from oracles.files import agreed, asked_of_r, floats, store
from oracles.rows import draw_labels

OBJECTIVE = "sum(weight * logloss(offset + score)), nothing penalised"
FORMULAS = {
    "standard_errors": "sqrt(diag(inv(X'WX))), W = weight * p * (1 - p), X with a leading 1",
    "z": "coefficient / standard error; wald_p = 2 * normal tail beyond |z|",
    "deviance": "2 * sum(weight * logloss); of the null model that of the intercept and offset",
    "aic": "deviance + 2 * number of coefficients with the intercept (R's only for whole weights)",
    "term_tests": "for each column, or a category's columns together: the deviance without it less "
                  "the deviance, degrees of freedom, chi-squared tail (drop1, test = LRT)",
    "model_test": "null deviance - deviance, degrees of freedom, chi-squared tail",
    "hc0": "sqrt(diag(B M B)), B = inv(X'WX), M = sum over rows of s s', s = weight * (y - p) * x",
    "hc1": "hc0 * sqrt(n / (n - k)), n rows, k coefficients with the intercept (statsmodels' Logit "
           "takes HC1 and applies no factor, so that only hc0 is compared with it)",
    "cluster": "as hc0, with s summed over the rows of a group first, G groups",
    "cluster_corrected": "cluster * sqrt(G / (G - 1) * (n - 1) / (n - k))",
    "variance_inflation": "1 / (1 - R^2) of a column regressed on the others and the intercept, "
                          "unweighted; = diag(inv(correlation matrix))",
}
PLANS = ["basic", "plus", "pro", "team"]


def make():
    generator = np.random.default_rng(11)
    sets = [numbers_and_plan(generator), near_equal(generator), unlike_sizes(generator)]
    found, versions = asked_of_r("inference", {
        f"{place}.{case['name']}": r_table(each, case)
        for place, each in enumerate(sets) for case in each["cases"]})
    for place, each in enumerate(sets):
        for case in each["cases"]:
            prefix = f"{place}.{case['name']} "
            complete(each, case, {
                key.removeprefix(prefix): value
                for key, value in found.items() if key.startswith(prefix)})
        each["columns"] = floats(each["columns"].T)
        for key in ("labels", "groups"):
            each[key] = each[key].tolist()
    store("inference", 1e-7, {
        "about": "coefficients are those of the columns as they are; the intercept comes first, "
                 "then the columns, then a category's levels but its first, whose coefficient is 0 "
                 "(treatment contrasts). Another reference level R shifts them: the coefficient of "
                 "level L is c(L) - c(R), the intercept gains c(R), and the covariance, stored by "
                 "rows for a case with a category, tells the standard error; tests of the category "
                 "as a whole, deviances and AIC stay as they are",
        "formulas": FORMULAS, "sets": sets}, OBJECTIVE, versions)


# --- The rows.


def numbers_and_plan(generator):
    count = 300
    z = generator.standard_normal((4, count))
    columns = np.column_stack([
        z[0], 100 + 20 * z[1], 0.5 * z[2], 0.7 * z[0] + 0.7 * z[3]]).round(4)
    plan = generator.integers(0, 4, count)
    groups = generator.integers(0, 40, count)
    of_group = 0.6 * generator.standard_normal(40)
    score = 0.8 * z[0] - 0.5 * z[1] + 0.4 * z[3] + np.array([-0.5, 0, 0.3, 0.8])[plan]
    return {
        "name": "well-conditioned", "about": "weights are case weights: 3 counts as three rows",
        "columns": columns, "labels": draw_labels(generator, score + of_group[groups] - 0.2),
        "plan": [PLANS[code] for code in plan], "groups": groups,
        "whole_weights": generator.integers(0, 4, count).tolist(),
        "fractional_weights": floats(generator.integers(1, 12, count) / 4),
        "offsets": floats((0.5 * generator.standard_normal(count)).round(3)),
        "cases": [
            {"name": "numbers", "uses": []},
            {"name": "whole weights", "uses": ["whole_weights"]},
            {"name": "fractional weights", "uses": ["fractional_weights"]},
            {"name": "offset", "uses": ["offsets"]},
            {"name": "category", "uses": ["plan"]},
            {"name": "category, weights and offset", "uses": ["plan", "whole_weights", "offsets"]},
        ]}


def near_equal(generator):
    count = 200
    z = generator.standard_normal((3, count)).round(4)
    columns = np.column_stack([z[0], z[1], z[1] + 1e-4 * z[2].round(2)]).round(9)
    return {
        "name": "near-equal columns", "about": "x2 = x1 but for 1e-4",
        "columns": columns, "labels": draw_labels(generator, z[0] - 0.8 * z[1] + 0.3),
        "groups": generator.integers(0, 25, count), "cases": [{"name": "numbers", "uses": []}]}


def unlike_sizes(generator):
    count = 200
    z = generator.standard_normal((4, count)).round(4)
    columns = np.column_stack([1e-6 * z[0], 1e6 * z[1], z[2], 1e4 + z[3]]).round(12)
    return {
        "name": "columns of unlike sizes",
        "about": "x0 of size 1e-6, x1 of size 1e6, x3 around 10,000",
        "columns": columns,
        "labels": draw_labels(generator, z[0] - 0.7 * z[1] + 0.5 * z[2] + 0.5 * z[3]),
        "groups": generator.integers(0, 25, count), "cases": [{"name": "numbers", "uses": []}]}


def given(each, case):
    """Weights and offset of a case."""
    weights = next((each[key] for key in case["uses"] if key.endswith("weights")), None)
    return weights, each["offsets"] if "offsets" in case["uses"] else None


def r_table(each, case):
    """The table that R reads of a case."""
    weights, offset = given(each, case)
    columns = {f"x{index}": column for index, column in enumerate(each["columns"].T)}
    if "plan" in case["uses"]:
        columns["plan"] = each["plan"]
    more = {"weight": weights, "offset": offset}
    return columns | {"label": each["labels"]} | {
        key: values for key, values in more.items() if values is not None}


# --- The figures.


class Fit:
    """A maximum of the likelihood, solved on standardised columns and carried back."""

    def __init__(self, columns, labels, weights=None, offset=None):
        columns = newton.widened(columns)
        self.weights = newton.widened(np.ones(len(labels)) if weights is None else weights)
        means, deviations = columns.mean(axis=0), columns.std(axis=0)
        self.design = newton.with_intercept((columns - means) / deviations)
        none = np.zeros(self.design.shape[1], newton.Wide)
        parameters, _ = newton.minimised(self.design, labels, none, weights, offset)
        score = self.design @ parameters + (0 if offset is None else newton.widened(offset))
        self.probabilities = 1 / (1 + np.exp(-score))
        self.residuals = self.weights * (newton.widened(labels) - self.probabilities)
        self.back = np.diag(np.concatenate([np.ones(1, newton.Wide), 1 / deviations]))
        self.back[0, 1:] = -means / deviations
        self.coefficients = self.back @ parameters
        self.bread = newton.inverse(
            newton.information(self.design, self.probabilities, self.weights))
        offset = 0 if offset is None else newton.widened(offset)
        self.deviance = 2 * newton.objective(
            self.design, newton.widened(labels), none, self.weights, parameters, offset)

    @property
    def covariance(self):
        return self.back @ self.bread @ self.back.T

    def sandwich(self, groups=None):
        """The covariance from the scores of the rows, or of their groups."""
        scores = self.design * self.residuals[:, None]
        if groups is not None:
            scores = np.array([scores[groups == group].sum(axis=0) for group in np.unique(groups)])
        carried = self.back @ self.bread
        return carried @ (scores.T @ scores) @ carried.T


def complete(each, case, theirs):
    """Adds the figures of a case, compared with R's and with those of statsmodels."""
    weights, offset = given(each, case)
    labels = each["labels"]
    terms = {f"x{index}": column[:, None] for index, column in enumerate(each["columns"].T)}
    if "plan" in case["uses"]:
        plan = np.array(each["plan"])
        terms["plan"] = np.column_stack([plan == level for level in PLANS[1:]]).astype(float)
    design = np.column_stack(list(terms.values()))
    fit = Fit(design, labels, weights, offset)
    null = Fit(design[:, :0], labels, weights, offset)
    errors = np.sqrt(np.diag(fit.covariance))
    z = (fit.coefficients / errors).astype(float)
    tests = []
    for name, columns in terms.items():
        rest = [other for key, other in terms.items() if key != name]
        without = Fit(np.column_stack(rest), labels, weights, offset)
        tests.append(tail(without.deviance - fit.deviance, columns.shape[1]))
    figures = {
        "coefficients": fit.coefficients, "standard_errors": errors, "z": z,
        "wald_p": 2 * scipy.stats.norm.sf(np.abs(z)),
        "null_deviance": null.deviance, "deviance": fit.deviance,
        "aic": fit.deviance + 2 * len(errors)}
    model_test = tail(null.deviance - fit.deviance, design.shape[1])
    name = f"{each['name']}, {case['name']}"
    compared = {key: values for key, values in figures.items()
                if key != "aic" or "fractional_weights" not in case["uses"]}
    case["names"] = ["(intercept)"] + [
        key if columns.shape[1] == 1 else f"{key}={level}" for key, columns in terms.items()
        for level in (PLANS[1:] if columns.shape[1] > 1 else [""])]
    case["r_max_relative_difference"] = max(
        *[agreed(f"{name}: {key}", theirs[key], np.ravel(values))
          for key, values in compared.items()],
        agreed(f"{name}: covariance", theirs["covariance"], np.ravel(fit.covariance)),
        agreed(f"{name}: model test", theirs["model_test"], model_test),
        *[agreed(f"{name}: term {key}", theirs[f"term_{key}"], [test[place] for test in tests])
          for place, key in enumerate(["statistics", "degrees", "p"])])
    case |= {key: floats(values) for key, values in figures.items()}
    case["term_tests"] = dict(zip(terms, [told(test) for test in tests]))
    case["model_test"] = told(model_test)
    if "plan" in case["uses"]:
        case["covariance"] = floats(fit.covariance)
    if offset is None:
        complete_robust(each, case, fit, design, weights, name)
    if case["name"] == "numbers":
        complete_inflation(case, each["columns"], name)


def tail(statistic, degrees):
    """A likelihood-ratio test."""
    return [float(statistic), degrees, float(scipy.stats.chi2.sf(float(statistic), degrees))]


def told(test):
    return dict(zip(["statistic", "degrees_of_freedom", "p"], test))


def complete_robust(each, case, fit, design, weights, name):
    """The sandwich errors; with weights only what is the same for the rows repeated."""
    labels, groups = each["labels"], each["groups"]
    count, width = fit.design.shape
    group_count = len(np.unique(groups))
    cluster = np.sqrt(np.diag(fit.sandwich(groups)))
    correction = np.sqrt(group_count / (group_count - 1) * (count - 1) / (count - width))
    # It inverts in double precision, hence a design whose columns are orthogonal, and the errors
    # carried back.
    orthogonal, triangle = np.linalg.qr(newton.with_intercept(design))
    back = np.linalg.inv(triangle)
    rows = np.arange(count)
    if weights is not None:
        if "fractional_weights" in case["uses"]:
            return
        rows = np.repeat(rows, weights)
    peer = statsmodels.api.Logit(labels[rows], orthogonal[rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        def errors(**options):
            result = peer.fit(method="newton", tol=1e-14, maxiter=100, disp=False, **options)
            return np.sqrt(np.diag(back @ result.cov_params() @ back.T))

        plain = errors(cov_type="cluster", cov_kwds={
            "groups": groups[rows], "use_correction": False})
        differences = [agreed(f"{name}: cluster", plain, cluster)]
        case["robust"] = {"cluster": floats(cluster)}
        if weights is None:
            hc0 = np.sqrt(np.diag(fit.sandwich()))
            corrected = errors(cov_type="cluster", cov_kwds={"groups": groups})
            differences += [
                agreed(f"{name}: hc0", errors(cov_type="HC0"), hc0),
                agreed(f"{name}: corrected", corrected, cluster * correction)]
            case["robust"] |= {
                "hc0": floats(hc0), "hc1": floats(hc0 * np.sqrt(count / (count - width))),
                "cluster_corrected": floats(cluster * correction)}
    case["robust"]["statsmodels_max_relative_difference"] = max(differences)


def complete_inflation(case, columns, name):
    """Variance inflation factors."""
    scaled, *_ = zip(*[newton.standardised(column) for column in columns.T])
    scaled = np.column_stack(scaled)
    factors = np.diag(newton.inverse(scaled.T @ scaled / len(scaled)))
    exog = newton.with_intercept(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [variance_inflation_factor(exog, place) for place in range(1, exog.shape[1])]
    case["variance_inflation"] = floats(factors)
    # It subtracts R^2 from 1, which costs it digits where columns are near-equal.
    case["variance_inflation_statsmodels_max_relative_difference"] = agreed(
        f"{name}: variance inflation", theirs, factors, limit=1e-6)
