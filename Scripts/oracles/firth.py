"""Makes firth.json: Firth's penalised likelihood, which has a maximum where labels are separated.

Solved in extended precision from the adjusted scores (Firth 1993, "Bias reduction of maximum
likelihood estimates", Biometrika 80, with Heinze and Schemper 2002, Statistics in Medicine 21), and
compared with R's brglm2, whose mean-bias-reducing scores are the same for this link.
"""
import numpy as np

import newton
from oracles.files import agreed, asked_of_r, floats, store
from oracles.rows import draw_labels

OBJECTIVE = ("-(sum(weight * log likelihood) + log(det(X'WX)) / 2), W = weight * p * (1 - p), "
             "X with a leading 1; the intercept is one of the parameters")


def make():
    generator = np.random.default_rng(12)
    sets = [unseparated(generator), separated(generator), half_separated(generator)]
    tables = {}
    for place, each in enumerate(sets):
        columns = {f"x{index}": column for index, column in enumerate(each["columns"].T)}
        columns["label"] = each["labels"]
        for case in each["cases"]:
            weights = {"weight": each["weights"]} if case["name"] == "weights" else {}
            tables[f"{place}.{case['name']}"] = columns | weights
    found, versions = asked_of_r("firth", tables)
    for place, each in enumerate(sets):
        for case in each["cases"]:
            weights = each["weights"] if case["name"] == "weights" else None
            figures = solved(each["columns"], each["labels"], weights)
            name = f"{place}.{case['name']}"
            case["brglm2_max_relative_difference"] = max(
                agreed(f"{each['name']}, {key}", found[f"{name} {key}"], np.ravel(values))
                for key, values in figures.items())
            case |= {key: floats(values) for key, values in figures.items()}
        each["columns"] = floats(each["columns"].T)
        each["labels"] = each["labels"].tolist()
    store("firth", 1e-7, {
        "about": "coefficients and standard errors of the columns as they are, the intercept's "
                 "first; standard errors are sqrt(diag(inv(X'WX))) at the solution. The penalised "
                 "log likelihood is that of the columns as they are: a column times k adds log(k)",
        "sets": sets}, OBJECTIVE, versions)


def unseparated(generator):
    count = 80
    columns = (generator.standard_normal((count, 3)) * [1, 5, 0.5] + [0, 20, 0]).round(4)
    score = columns[:, 0] + 0.2 * (columns[:, 1] - 20) - 1
    return {
        "name": "unseparated", "columns": columns, "labels": draw_labels(generator, score),
        "weights": generator.integers(1, 4, count).tolist(),
        "cases": [{"name": "rows"}, {"name": "weights"}]}


def separated(generator):
    columns = generator.standard_normal((60, 2)).round(4)
    return {
        "name": "separated", "about": "x0 + x1 / 2 > 0.1 tells the labels apart without a fault",
        "columns": columns, "labels": (columns @ [1.0, 0.5] > 0.1).astype(int),
        "cases": [{"name": "rows"}]}


def half_separated(generator):
    count = 100
    columns = np.column_stack([
        generator.standard_normal(count).round(4), generator.random(count) < 0.15]).astype(float)
    labels = draw_labels(generator, 0.7 * columns[:, 0] - 0.3)
    labels[columns[:, 1] == 1] = 1
    return {
        "name": "half separated", "about": "x1 is a flag, and every row that has it is positive",
        "columns": columns, "labels": labels, "cases": [{"name": "rows"}]}


def solved(columns, labels, weights=None):
    """Coefficients, standard errors and the penalised log likelihood."""
    columns, labels = newton.widened(columns), newton.widened(labels)
    weights = newton.widened(np.ones(len(labels)) if weights is None else weights)
    means, deviations = columns.mean(axis=0), columns.std(axis=0)
    design = newton.with_intercept((columns - means) / deviations)
    parameters = np.zeros(design.shape[1], newton.Wide)
    # The scores fall by a constant factor each step, so that it takes more than Newton's few.
    for _ in range(2000):
        probabilities = 1 / (1 + np.exp(-(design @ parameters)))
        spread = weights * probabilities * (1 - probabilities)
        bread = newton.inverse((design * spread[:, None]).T @ design)
        leverage = spread * np.einsum("ij,jk,ik->i", design, bread, design)
        score = design.T @ (weights * (labels - probabilities) + leverage * (0.5 - probabilities))
        step = bread @ score
        parameters = parameters + step / max(newton.Wide(1), np.max(np.abs(step)))
        if np.max(np.abs(step)) < 1e-17 * (1 + np.max(np.abs(parameters))):
            break
    else:
        raise SystemExit("error: Firth's scores do not vanish.")
    back = np.diag(np.concatenate([np.ones(1, newton.Wide), 1 / deviations]))
    back[0, 1:] = -means / deviations
    scores = design @ parameters
    log_likelihood = -(weights @ (np.logaddexp(newton.Wide(0), scores) - labels * scores))
    # The determinant of the columns as they are.
    _, log_determinant = np.linalg.slogdet(newton.inverse(bread).astype(float))
    log_determinant += 2 * np.log(deviations).sum()
    return {
        "coefficients": back @ parameters,
        "standard_errors": np.sqrt(np.diag(back @ bread @ back.T)),
        "penalised_log_likelihood": log_likelihood + log_determinant / 2}
