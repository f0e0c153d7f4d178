"""Penalised logistic regression solved beyond double precision: what a fast solver is judged by."""
import numpy as np

Wide = np.longdouble


def widened(values):
    """An array in extended precision, which x86 has and most other machines have not."""
    if np.finfo(Wide).eps > 1e-18:
        raise SystemExit("error: the oracles need 80-bit floats; run this on an x86 machine.")
    return np.asarray(values, dtype=Wide)


def solved(design, labels, l2, weights=None):
    """Intercept and coefficients, and the norm of the gradient there.

    Minimises sum(weight * logloss) + l2 / 2 * |coefficients|^2; the intercept is free. The
    gradient is taken in extended precision, so that the end does not depend on the hessian, which
    is only factored in double precision and costs a few more steps.
    """
    design = with_intercept(widened(design))
    penalty = np.full(design.shape[1], l2, Wide)
    penalty[0] = 0
    return minimised(design, labels, penalty, weights)


def minimised(design, labels, penalty, weights=None, offset=None, slope=None):
    """The parameters of a design's columns, each with a penalty of its own, and the gradient there.

    Minimises sum(weight * logloss(offset + design @ parameters)) + sum(penalty / 2 * parameters^2)
    + slope @ parameters. The columns are to be of like size.
    """
    labels = widened(labels)
    weights = np.ones(len(labels), Wide) if weights is None else widened(weights)
    offset = np.zeros(len(labels), Wide) if offset is None else widened(offset)
    slope = np.zeros(design.shape[1], Wide) if slope is None else widened(slope)

    def objective_at(parameters):
        return objective(
            design, labels, penalty, weights, parameters, offset) + slope @ parameters

    parameters = np.zeros(design.shape[1], Wide)
    best = np.inf
    for _ in range(100):
        probabilities = 1 / (1 + np.exp(-(offset + design @ parameters)))
        gradient = design.T @ (weights * (probabilities - labels)) + penalty * parameters + slope
        norm = float(np.sqrt(gradient @ gradient))
        if norm < 1e-10 and norm >= best:
            return parameters, norm
        best = min(best, norm)
        hessian = information(design, probabilities, weights) + np.diag(penalty)
        step = widened(np.linalg.solve(hessian.astype(float), gradient.astype(float)))
        # Halved until the objective falls, as far as that can be told at all.
        size, here = Wide(1), objective_at(parameters)
        while objective_at(parameters - size * step) > here + abs(here) * 1e-15 and size > 1e-6:
            size /= 2
        parameters = parameters - size * step
    raise SystemExit(f"error: Newton stays at a gradient of {norm:.2e}.")


def objective(design, labels, penalty, weights, parameters, offset=0):
    """What is minimised."""
    scores = offset + design @ parameters
    losses = np.logaddexp(Wide(0), scores) - labels * scores
    return weights @ losses + (penalty @ parameters**2) / 2


def inverse(matrix):
    """The inverse in extended precision, by Gauss and Jordan with the largest pivot of a column."""
    count = len(matrix)
    wide = np.column_stack([widened(matrix), np.eye(count, dtype=Wide)])
    for place in range(count):
        pivot = place + int(np.argmax(np.abs(wide[place:, place])))
        wide[[place, pivot]] = wide[[pivot, place]]
        wide[place] /= wide[place, place]
        for row in range(count):
            if row != place:
                wide[row] -= wide[row, place] * wide[place]
    return wide[:, count:]


def information(design, probabilities, weights):
    """X'WX with W = weight * p * (1 - p)."""
    scaled = design * (weights * probabilities * (1 - probabilities))[:, None]
    return scaled.T @ design


def with_intercept(design):
    """The design with a leading column of ones."""
    return np.column_stack([np.ones(len(design), design.dtype), design])


def standardised(column, weights=None):
    """The column with mean 0 and population deviation 1 over its present values; missing is 0.

    Returns the column, the mean and the deviation. A weight of 2 counts as two rows.
    """
    column = widened(column)
    weights = np.ones(len(column), Wide) if weights is None else widened(weights)
    present = ~np.isnan(column)
    total = weights[present].sum()
    mean = weights[present] @ column[present] / total
    deviation = np.sqrt(weights[present] @ (column[present] - mean) ** 2 / total)
    return np.where(present, (column - mean) / deviation, Wide(0)), mean, deviation
