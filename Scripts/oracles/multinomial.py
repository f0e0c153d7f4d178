"""Makes multinomial.json: several outcomes, unpenalised with a reference class and with a ridge.

Solved by Newton in extended precision; the first is compared with statsmodels' MNLogit, the second
with scikit-learn.
"""
import numpy as np
import statsmodels.api
from sklearn.linear_model import LogisticRegression

import newton
from oracles.files import agreed, floats, store

OBJECTIVE = ("-sum(weight * log(p of the row's class)) + l2 / 2 * sum of squares of the "
             "coefficients of all classes, intercepts free; p = softmax of the classes' scores")
CLASSES = ["none", "churn", "contraction", "expansion"]


def make():
    generator = np.random.default_rng(14)
    count = 400
    columns = (generator.standard_normal((count, 3)) * [1, 10, 0.1] + [0, 30, 0]).round(4)
    z = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    scores = z @ np.array([[0, 0.9, 0.4, -0.5], [0, -0.6, 0.2, 0.7], [0, 0.3, -0.4, 0.1]]) + [
        1, 0, -0.3, 0.2]
    gumbel = -np.log(-np.log(generator.random(scores.shape)))
    labels = np.argmax(scores + gumbel, axis=1)
    weights = generator.integers(0, 4, count)
    store("multinomial", 1e-7, {
        "about": "labels are places in classes. Unpenalised: columns as they are, coefficients of "
                 "a class against none, which has 0; first the intercept; standard errors from the "
                 "inverse of the information. With l2: of the standardised columns, each class has "
                 "coefficients, which sum to 0 over the classes, as the intercepts are made to do",
        "classes": CLASSES, "columns": floats(columns.T), "labels": labels.tolist(),
        "weights": weights.tolist(),
        "sets": [unpenalised(columns, labels), unpenalised(columns, labels, weights),
                 *[ridge(columns, labels, l2) for l2 in (1, 20)],
                 ridge(columns, labels, 1, weights)]}, OBJECTIVE)


def solved(design, labels, l2, weights, free):
    """Parameters of the classes from `free` on, shape `[classes, columns]`, and the information.

    Classes before `free` have zeros. A ridge leaves the sum of the intercepts open, which the step
    of least length keeps at 0.
    """
    count, width = design.shape
    classes = len(CLASSES)
    targets = (labels[:, None] == np.arange(classes)).astype(newton.Wide)
    penalty = np.full(width, l2, newton.Wide)
    penalty[0] = 0
    parameters = np.zeros((classes, width), newton.Wide)

    def objective_at(parameters):
        scores = design @ parameters.T
        highest = scores.max(axis=1)
        sums = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
        losses = sums - (scores * targets).sum(axis=1)
        return weights @ losses + (parameters**2 @ penalty).sum() / 2

    best = np.inf
    for _ in range(100):
        scores = design @ parameters.T
        chances = np.exp(scores - scores.max(axis=1)[:, None])
        chances /= chances.sum(axis=1)[:, None]
        gradient = ((chances - targets) * weights[:, None]).T @ design + penalty * parameters
        gradient = gradient[free:].ravel()
        information = np.zeros((classes - free, width, classes - free, width), newton.Wide)
        for one in range(free, classes):
            for other in range(free, classes):
                spread = weights * chances[:, one] * ((one == other) - chances[:, other])
                information[one - free, :, other - free] = (design * spread[:, None]).T @ design
        information = information.reshape(len(gradient), -1)
        norm = float(np.sqrt(gradient @ gradient))
        if norm < 1e-10 and norm >= best:
            return parameters, information, objective_at(parameters), norm
        best = min(best, norm)
        hessian = information + np.diag(np.tile(penalty, classes - free))
        step = np.zeros_like(parameters)
        step[free:] = np.linalg.lstsq(
            hessian.astype(float), gradient.astype(float), rcond=1e-13)[0].reshape(-1, width)
        size, here = newton.Wide(1), objective_at(parameters)
        while objective_at(parameters - size * step) > here * (1 + 1e-15) and size > 1e-6:
            size /= 2
        parameters = parameters - size * step
    raise SystemExit(f"error: Newton stays at a gradient of {norm:.2e}.")


def standardised(columns):
    means, deviations = columns.mean(axis=0), columns.std(axis=0)
    return newton.with_intercept((newton.widened(columns) - means) / deviations), means, deviations


def unpenalised(columns, labels, weights=None):
    """Maximum likelihood against the first class, compared with MNLogit on repeated rows."""
    columns = newton.widened(columns)
    design, means, deviations = standardised(columns)
    whole = newton.widened(np.ones(len(labels)) if weights is None else weights)
    parameters, information, objective, norm = solved(design, labels, 0, whole, free=1)
    back = np.diag(np.concatenate([np.ones(1, newton.Wide), 1 / deviations]))
    back[0, 1:] = -means / deviations
    natural = parameters[1:] @ back.T
    carried = np.kron(np.eye(len(CLASSES) - 1), back)
    errors = np.sqrt(np.diag(carried @ newton.inverse(information) @ carried.T))
    rows = np.repeat(np.arange(len(labels)), 1 if weights is None else weights)
    result = statsmodels.api.MNLogit(
        labels[rows], newton.with_intercept(columns.astype(float)[rows])).fit(
            method="newton", tol=1e-14, maxiter=100, disp=False)
    name = "unpenalised" if weights is None else "unpenalised, weights"
    found = max(
        agreed(f"{name}: coefficients", result.params.T, natural),
        agreed(f"{name}: standard errors", result.bse.T, errors),
        agreed(f"{name}: log likelihood", [result.llf], [-objective]))
    return {
        "name": name, "l2": 0, "gradient_norm": norm, "statsmodels_max_relative_difference": found,
        "log_likelihood": float(-objective), "coefficients": floats(natural),
        "standard_errors": floats(errors.reshape(natural.shape))} | samples(design, parameters)


def ridge(columns, labels, l2, weights=None):
    """A ridge on the coefficients of all classes alike, compared with scikit-learn."""
    if weights is None:
        design, means, deviations = standardised(newton.widened(columns))
        whole = newton.widened(np.ones(len(labels)))
    else:
        whole = newton.widened(weights)
        values, means, deviations = zip(*[
            newton.standardised(column, whole) for column in columns.T])
        design = newton.with_intercept(np.column_stack(values))
    parameters, _, objective, norm = solved(design, labels, l2, whole, free=0)
    parameters[:, 0] -= parameters[:, 0].mean()
    model = LogisticRegression(C=1 / l2, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(design[:, 1:].astype(float), labels, sample_weight=whole.astype(float))
    theirs = np.column_stack([model.intercept_ - model.intercept_.mean(), model.coef_])
    name = f"l2 = {l2}" + ("" if weights is None else ", weights")
    return {
        "name": name, "l2": l2, "gradient_norm": norm,
        "sklearn_max_relative_difference": agreed(name, theirs, parameters),
        "penalised_objective": float(objective),
        "means": floats(means), "deviations": floats(deviations),
        "intercepts": floats(parameters[:, 0]), "coefficients": floats(parameters[:, 1:]),
    } | samples(design, parameters)


def samples(design, parameters):
    """Probabilities of the first rows."""
    scores = np.exp(design[:5] @ parameters.T)
    return {
        "sample_rows": [0, 1, 2, 3, 4],
        "sample_probabilities": floats(scores / scores.sum(axis=1)[:, None])}
