"""Makes natural-spline.json: R's basis of natural splines, and fits on it.

The fits are compared with Newton in extended precision on another basis of the same splines, that
of truncated powers (Hastie, Tibshirani, Friedman 2009, "The Elements of Statistical Learning",
section 5.2.1): the probabilities depend on the splines and not on their basis.
"""
import numpy as np

import newton
from oracles.files import agreed, asked_of_r, floats, store
from oracles.rows import draw_labels

OBJECTIVE = "sum(logloss) over an intercept, the spline of x and z as it is; nothing penalised"
KNOTS = {
    "one": [0, 2.5, 10], "three": [0.5, 1, 2.5, 5, 8], "outside": [-1, 1, 3, 4, 6, 12]}


def make():
    generator = np.random.default_rng(15)
    count = 250
    x = generator.exponential(3, count).round(3)
    z = generator.standard_normal(count).round(3)
    labels = draw_labels(generator, np.sin(x) + 0.3 * x - 1 + 0.5 * z)
    points = np.concatenate([[-2, 0, 0.25, 0.5], np.arange(1, 13), [20]]).astype(float)
    cases = [{"name": name, "knots": knots} for name, knots in KNOTS.items()]
    tables = {"rows": {"x": x, "z": z, "label": labels}, "points": {"x": points}} | {
        f"{case['name']}-knots": {"knot": case["knots"]} for case in cases}
    found, versions = asked_of_r("natural-spline", tables)
    for case in cases:
        knots = case["knots"]
        case["knots"], case["boundary_knots"] = knots[1:-1], [knots[0], knots[-1]]
        design = newton.with_intercept(np.column_stack([truncated_powers(x, knots), z]))
        # Orthogonal columns of the same span, since truncated powers are near to each other.
        design = newton.widened(np.linalg.qr(design.astype(float))[0])
        none = np.zeros(design.shape[1], newton.Wide)
        parameters, _ = newton.minimised(design, labels, none)
        probabilities = 1 / (1 + np.exp(-(design @ parameters)))
        deviance = 2 * newton.objective(
            design, newton.widened(labels), none, np.ones(count), parameters)
        r = {key: found[f"{case['name']} {key}"] for key in ("basis", "probabilities", "deviance")}
        case["newton_max_relative_difference"] = max(
            agreed(f"{case['name']}: probabilities", r["probabilities"], probabilities),
            agreed(f"{case['name']}: deviance", r["deviance"], [deviance]))
        basis = r["basis"].reshape(-1, len(points))
        spanned(case["name"], basis.T, truncated_powers(points, knots))
        case |= {
            "basis": floats(basis), "deviance": float(deviance),
            "probabilities": floats(probabilities)}
    store("natural-spline", 1e-7, {
        "about": "basis: splines::ns(points, knots, Boundary.knots), one list for each of its "
                 "columns, without an intercept; beyond the boundary knots it is linear. Another "
                 "basis of the same splines has the same probabilities (of the stored rows) and "
                 "deviance, and with an intercept spans the same columns",
        "columns": floats([x, z]), "labels": labels.tolist(), "points": floats(points),
        "sets": cases}, OBJECTIVE, versions)


def truncated_powers(x, knots):
    """Natural cubic splines without the constant, shape `[len(x), len(knots) - 1]`."""
    x, knots = newton.widened(x), newton.widened(knots)

    def arm(place):
        cubes = [np.maximum(x - knot, 0) ** 3 for knot in (knots[place], knots[-1])]
        return (cubes[0] - cubes[1]) / (knots[-1] - knots[place])

    return np.column_stack([x] + [arm(place) - arm(-2) for place in range(len(knots) - 2)])


def spanned(name, one, other):
    """Both and a constant must span the same columns."""
    one, other = newton.with_intercept(one), newton.with_intercept(other.astype(float))
    other = other / np.abs(other).max(axis=0)
    left = one - other @ np.linalg.lstsq(other, one, rcond=None)[0]
    if not np.abs(left).max() < 1e-9:
        raise SystemExit(f"error: {name}: the bases differ by {np.abs(left).max():.1e}.")
