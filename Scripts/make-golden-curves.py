#!/usr/bin/env python3
"""Makes Tests/ExplanationTests/Golden/curves.json: curves that ours must agree with.

The models are formulas and a handful of trees, written into the file, so that the tests rebuild them.
Partial dependence and lines of single rows are scikit-learn's (method brute); accumulated local
effects of quantities are PyALE's; second-order effects, effects of levels and Friedman's H squared
are computed here, by their definitions, in plain loops.
Run by Scripts/make-golden curves.
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "peers"))

import environment

environment.use("curves")
environment.ensure()

import numpy as np
import pandas as pd
from PyALE import ale
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence

TARGET = environment.CHECKOUT / "Tests" / "ExplanationTests" / "Golden" / "curves.json"
ROWS = 240
TOLERANCE = 1e-9


class Formula(RegressorMixin, BaseEstimator):
    """Log odds with a product: 0.3 + 0.8 a - 0.5 b + 0.7 a b + 0.4 c."""

    def fit(self, features, labels=None):
        self.fitted_ = True
        return self

    def predict(self, features):
        a, b, c = np.asarray(features, dtype=float).T
        return 0.3 + 0.8 * a - 0.5 * b + 0.7 * a * b + 0.4 * c


class Trees(RegressorMixin, BaseEstimator):
    """A base score and trees of [feature, threshold, left, right], or [-1, value, 0, 0] for a leaf."""

    def __init__(self, base=0.0, trees=()):
        self.base = base
        self.trees = trees

    def fit(self, features, labels=None):
        self.fitted_ = True
        return self

    def predict(self, features):
        return np.array([self.score(row) for row in np.asarray(features, dtype=float)])

    def score(self, row):
        total = self.base
        for tree in self.trees:
            node = tree[0]
            while node[0] >= 0:
                node = tree[node[2] if row[node[0]] <= node[1] else node[3]]
            total += node[1]
        return total


def random_tree(random, features, depth):
    """A full tree of random tests at values of the data, with random leaves."""
    nodes = []

    def grow(level):
        index = len(nodes)
        nodes.append(None)
        if level == 0:
            nodes[index] = [-1, float(random.normal(0, 0.3)), 0, 0]
            return index
        feature = int(random.integers(features.shape[1]))
        threshold = float(random.choice(features[:, feature]))
        left = grow(level - 1)
        right = grow(level - 1)
        nodes[index] = [feature, threshold, left, right]
        return index

    grow(depth)
    return nodes


def places(values, count):
    """The distinct values, or values at even steps of rank."""
    ordered = np.sort(values)
    distinct = np.unique(ordered)
    if len(distinct) <= count:
        return distinct
    steps = count - 1
    return np.unique([ordered[(k * (len(ordered) - 1) + steps // 2) // steps]
                      for k in range(count)])


def pdp(model, features, column, grid):
    """scikit-learn's curve and lines on a grid of our own."""
    result = partial_dependence(
        model.fit(features), features, [column], kind="both", method="brute",
        custom_values={column: grid})
    assert np.array_equal(result["grid_values"][0], grid)
    return result["average"][0], result["individual"][0]


def pyale(model, features, column, count):
    """PyALE's curve of a quantity with many values, at its own quantiles."""
    frame = pd.DataFrame(features, columns=list("abc"))
    result = ale(
        X=frame, model=model, feature=["abc"[column]], feature_type="continuous",
        grid_size=count, include_CI=False, plot=False)
    return result.index.to_numpy(), result["eff"].to_numpy()


def set_to(features, values):
    """Rows with some columns set."""
    changed = features.copy()
    for column, value in values.items():
        changed[:, column] = value
    return changed


def first_order(model, features, column, edges):
    """Apley and Zhu's estimate between given edges, by the definition."""
    effects = [0.0]
    counts = []
    for low, high in zip(edges, edges[1:]):
        inside = (features[:, column] > low) & (features[:, column] <= high)
        if low == edges[0]:
            inside |= features[:, column] == low
        rows = features[inside]
        change = model.predict(set_to(rows, {column: high})) - model.predict(
            set_to(rows, {column: low}))
        effects.append(effects[-1] + change.mean())
        counts.append(len(rows))
    middles = (np.array(effects[1:]) + np.array(effects[:-1])) / 2
    return np.array(effects) - np.average(middles, weights=counts)


def discrete(model, features, column, values):
    """Effects between neighbouring values, told by the rows of both."""
    effects = [0.0]
    for low, high in zip(values, values[1:]):
        rows = features[np.isin(features[:, column], [low, high])]
        change = model.predict(set_to(rows, {column: high})) - model.predict(
            set_to(rows, {column: low}))
        effects.append(effects[-1] + change.mean())
    shares = np.array([(features[:, column] == value).mean() for value in values])
    return np.array(effects) - (shares * effects).sum()


def second_order(model, features, columns, edges):
    """Second differences by cell, summed up and freed of the first-order effects."""
    first, second = columns
    height, width = len(edges[0]) - 1, len(edges[1]) - 1
    cell = [
        np.clip(np.searchsorted(edge, features[:, column], side="left") - 1, 0, None)
        for column, edge in zip(columns, edges)]
    steps = np.full((height, width), np.nan)
    counts = np.zeros((height, width))
    for k in range(height):
        for j in range(width):
            rows = features[(cell[0] == k) & (cell[1] == j)]
            counts[k, j] = len(rows)
            if len(rows):
                def at(u, v):
                    return model.predict(
                        set_to(rows, {first: edges[0][k + u], second: edges[1][j + v]}))
                steps[k, j] = (at(1, 1) - at(0, 1) - at(1, 0) + at(0, 0)).mean()
    full = np.argwhere(counts > 0)
    for k, j in np.argwhere(counts == 0):
        distances = ((full - [k, j]) / [height, width]) ** 2
        steps[k, j] = steps[tuple(full[np.argmin(distances.sum(axis=1))])]
    effects = np.zeros((height + 1, width + 1))
    effects[1:, 1:] = steps.cumsum(axis=0).cumsum(axis=1)
    down = np.diff(effects, axis=0)
    down = (down[:, 1:] + down[:, :-1]) / 2
    across = np.diff(effects, axis=1)
    across = (across[1:] + across[:-1]) / 2
    first_effect = np.concatenate([[0], np.cumsum(
        (counts * down).sum(axis=1) / counts.sum(axis=1))])
    second_effect = np.concatenate([[0], np.cumsum(
        (counts * across).sum(axis=0) / counts.sum(axis=0))])
    values = effects - first_effect[:, None] - second_effect[None, :]
    corners = (values[1:, 1:] + values[1:, :-1] + values[:-1, 1:] + values[:-1, :-1]) / 4
    return values - (counts * corners).sum() / counts.sum()


def h_squared(model, features, first, second):
    """Friedman and Popescu's equation 44, summed over the rows."""
    def dependence(values):
        return model.predict(set_to(features, values)).mean()

    both = np.array([dependence({first: row[first], second: row[second]}) for row in features])
    one = np.array([dependence({first: row[first]}) for row in features])
    other = np.array([dependence({second: row[second]}) for row in features])
    both, one, other = (values - values.mean() for values in (both, one, other))
    return ((both - one - other) ** 2).sum() / (both**2).sum()


def case(name, model, trees, features):
    """All curves of one model."""
    curves = []
    for column in range(3):
        grid = places(features[:, column], 12)
        average, individual = pdp(model, features, column, grid)
        if len(np.unique(features[:, column])) > 12:
            edges, pyale_effects = pyale(model, features, column, 12)
            effects = first_order(model, features, column, grid)
            # PyALE has quantiles of its own: our loop must agree with it there.
            ours = first_order(model, features, column, list(edges))
            assert np.abs(ours - pyale_effects).max() < 1e-12, np.abs(ours - pyale_effects).max()
        else:
            effects = discrete(model, features, column, grid)
        curves.append({
            "column": column, "grid": grid.tolist(), "pdp": average.tolist(),
            "lines": individual[:5].tolist(), "ale": effects.tolist()})
    surface_grids = [places(features[:, column], 6) for column in (0, 1)]
    surface = partial_dependence(
        model.fit(features), features, [0, 1], kind="average", method="brute",
        custom_values=dict(enumerate(surface_grids)))["average"][0]
    few = [places(features[:, column], 12) for column in (1, 2)]
    assert all(len(grid) == len(np.unique(features[:, column]))
               for grid, column in zip(few, (1, 2)))
    return {
        "name": name, "base": model.base if trees else 0.0, "trees": trees,
        "columns": features.T.tolist(), "curves": curves,
        "surface": {
            "grids": [grid.tolist() for grid in surface_grids], "pdp": surface.ravel().tolist(),
            "ale": second_order(model, features, (0, 1), surface_grids).ravel().tolist()},
        "hSquared": h_squared(model, features, 1, 2)}


def main():
    random = np.random.default_rng(11)
    a = np.round(random.normal(0, 1, ROWS), 4)
    # Few values that go with the first column; a yes/no.
    b = np.clip(np.round(a + random.normal(0, 1, ROWS)), -3, 3)
    c = (random.random(ROWS) < 0.4).astype(float)
    features = np.column_stack([a, b, c])
    trees = [random_tree(random, features, 3) for _ in range(8)]
    cases = [
        case("formula", Formula(), [], features),
        case("trees", Trees(0.25, trees), trees, features)]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps({
        "versions": environment.versions(), "tolerance": TOLERANCE, "cases": cases}) + "\n")
    print(f"{TARGET}: {len(cases)} cases")


if __name__ == "__main__":
    main()
