"""Makes elastic-net.json: paths of penalties, with and without limits, and the choice among them.

Each solution is refined from glmnet's: on the coefficients that are neither 0 nor at a limit the
objective is smooth, so Newton in extended precision solves it there, and the conditions of Karush,
Kuhn and Tucker tell that the others are where they belong.
"""
import numpy as np

import newton
from oracles.files import asked_of_r, floats, store
from oracles.rows import draw_labels

OBJECTIVE = (
    "sum(weight * logloss(offset + score)) / sum(weight) + lambda * sum(factor * ((1 - alpha) / 2 "
    "* b^2 + alpha * |b|)), b of the standardised columns, lower <= b <= upper, intercept free")
SHARES = [0.7, 0.3, 0.1, 0.03, 0.01, 0.001]
FOLD_COUNT = 5


def make():
    generator = np.random.default_rng(13)
    rows = generated(generator)
    cases = [
        case("lasso", 1), case("half", 0.5), case("ridge", 0),
        case("factors", 1, factors=[1, 0, 1, 0.5, 1, 1, 0, 1]),
        case("signs", 1, lower=[0, 0, None, None, 0, 0, None, None],
             upper=[None, None, 0, 0, None, None, 0, 0]),
        case("signs, half", 0.5, lower=[0, 0, None, None, 0, 0, None, None],
             upper=[None, None, 0, 0, None, None, 0, 0]),
        case("weights", 1, uses=["weights"]),
        case("offset", 0.5, uses=["offsets"]),
        case("all", 0.5, factors=[1, 0, 1, 0.5, 1, 1, 0, 1], uses=["weights", "offsets"],
             lower=[0, None, None, None, 0, 0, None, None]),
        case("folds", 1, uses=["folds"], shares=np.exp(np.linspace(0, np.log(0.002), 40))),
        case("folds, half, weights", 0.5, uses=["folds", "weights"],
             shares=np.exp(np.linspace(0, np.log(0.002), 40)))]
    problems = [Problem(rows, each) for each in cases]
    tables = {"cases": {"name": [str(place) for place in range(len(cases))],
                        "alpha": [each["alpha"] for each in cases]}}
    for place, (each, problem) in enumerate(zip(cases, problems)):
        each["largest_lambda"] = float(problem.largest_lambda)
        each["lambdas"] = floats(problem.largest_lambda * each.pop("shares"))
        tables |= problem.r_tables(str(place))
    found, versions = asked_of_r("elastic-net", tables)
    for place, (each, problem) in enumerate(zip(cases, problems)):
        complete(each, problem, {
            key.partition(" ")[2]: value for key, value in found.items()
            if key.split(" ")[0] == str(place)})
    store("elastic-net", 1e-7, {
        "about": "coefficients are those of the standardised columns, one list for each lambda; "
                 "means and population deviations weighted where there are weights. largest_lambda "
                 "is the smallest at which every penalised coefficient is 0: the largest "
                 "|sum(weight * (label - p) * x)| / (sum(weight) * alpha * factor), p of the model "
                 "of the intercept, the offset and the unpenalised columns (for alpha 0 that of "
                 "alpha 0.001, as glmnet has it). kkt: how far the conditions of a minimum are "
                 "from being met, at most. Largest lambdas are compared with glmnet's where there "
                 "are folds. glmnet_max_difference: absolute, with thresh 1e-16",
        "folds_about": "mean deviance of a held-out row, 2 * sum(weight * logloss) / sum(weight), "
                       "for each fold and lambda, from a fit to the other folds, standardised "
                       "there; cvm is its mean over the folds by their weight, cvsd = sqrt(mean by "
                       "weight of (deviance - cvm)^2 / (folds - 1)); lambda_min has the least cvm, "
                       "lambda_1se is the largest with cvm <= cvm(lambda_min) + cvsd(lambda_min)",
        "columns": floats(rows["columns"].T), "labels": rows["labels"].tolist(),
        "weights": rows["weights"], "offsets": floats(rows["offsets"]),
        "folds": rows["folds"].tolist(), "sets": cases}, OBJECTIVE, versions)


def generated(generator):
    count = 200
    z = generator.standard_normal((8, count))
    columns = np.column_stack([
        z[0], 10 + 3 * z[1], 0.6 * z[0] + 0.8 * z[2], 1e-2 * z[3], z[4] > 0.8, 100 * z[5],
        z[6] + 0.5 * z[1], np.exp(z[7])]).astype(float).round(4)
    score = 0.9 * z[0] - 0.7 * z[1] + 0.4 * z[3] + 0.5 * (z[4] > 0.8) - 0.3 * z[6] - 0.3
    folds = generator.integers(0, FOLD_COUNT, count)
    return {
        "columns": columns, "labels": draw_labels(generator, score),
        "weights": generator.integers(0, 4, count).tolist(),
        "offsets": (0.5 * generator.standard_normal(count)).round(3), "folds": folds}


def case(name, alpha, factors=None, lower=None, upper=None, uses=(), shares=SHARES):
    """What one path is asked; limits of none are null."""
    return {
        "name": name, "alpha": alpha, "uses": list(uses), "factors": factors or [1] * 8,
        "lower": lower or [None] * 8, "upper": upper or [None] * 8, "shares": np.array(shares)}


class Problem:
    """Standardised rows and what is asked of them."""

    def __init__(self, rows, each, kept=slice(None)):
        self.rows, self.case = rows, each
        count = len(rows["labels"])
        whole = np.ones(count) if "weights" not in each["uses"] else np.array(rows["weights"])
        offset = rows["offsets"] if "offsets" in each["uses"] else np.zeros(count)
        self.labels = newton.widened(rows["labels"])[kept]
        self.weights = newton.widened(whole)[kept]
        self.weights = self.weights / self.weights.sum()
        self.offset = newton.widened(offset)[kept]
        columns = newton.widened(rows["columns"])[kept]
        standardised, means, deviations = zip(*[
            newton.standardised(column, self.weights) for column in columns.T])
        self.design = newton.with_intercept(np.column_stack(standardised))
        self.means, self.deviations = np.array(means), np.array(deviations)
        self.factors = newton.widened(each["factors"])
        self.lower = np.array([-np.inf if x is None else x for x in each["lower"]])
        self.upper = np.array([np.inf if x is None else x for x in each["upper"]])

    @property
    def largest_lambda(self):
        free = np.concatenate([[True], self.factors == 0])
        null = np.zeros(len(free), newton.Wide)
        null[free], _ = newton.minimised(
            self.design[:, free], self.labels, np.zeros(free.sum(), newton.Wide), self.weights,
            self.offset)
        slopes = -self.gradient(null)[1:]
        # A limit at 0 keeps a coefficient there whatever its slope on that side.
        slopes[(self.upper == 0) & (slopes > 0) | (self.lower == 0) & (slopes < 0)] = 0
        penalised = self.factors > 0
        alpha = max(self.case["alpha"], 1e-3)
        return np.max(np.abs(slopes[penalised]) / self.factors[penalised]) / alpha

    def gradient(self, parameters):
        """Of the loss alone."""
        probabilities = 1 / (1 + np.exp(-(self.offset + self.design @ parameters)))
        return self.design.T @ (self.weights * (probabilities - self.labels))

    def solved(self, penalty, signs):
        """The parameters, and how far the conditions are from being met; signs are a guess."""
        alpha = newton.Wide(self.case["alpha"])
        ridge = penalty * (1 - alpha) * self.factors
        lasso = penalty * alpha * self.factors
        signs = signs.copy()
        is_free = (signs != 0) | (lasso == 0) & np.isinf(self.lower) & np.isinf(self.upper)
        for _ in range(200):
            at = np.concatenate([[True], is_free])
            parameters = np.zeros(len(at), newton.Wide)
            parameters[at], _ = newton.minimised(
                self.design[:, at], self.labels,
                np.concatenate([np.zeros(1, newton.Wide), ridge])[at], self.weights, self.offset,
                np.concatenate([np.zeros(1, newton.Wide), lasso * signs])[at])
            b = parameters[1:]
            slopes = self.gradient(parameters)[1:] + ridge * b
            # Free ones whose sign is not the one assumed go to 0, the worst first.
            is_wrong = (lasso > 0) & (b * signs <= 0) | (b < self.lower) | (b > self.upper)
            wrong = np.where(is_free & is_wrong, np.abs(b), -1)
            if wrong.max() >= 0:
                place = int(np.argmax(wrong))
                is_free[place], signs[place] = False, 0
                continue
            falls, rises = -slopes - lasso, slopes - lasso
            gains = np.maximum(
                np.where(self.upper > 0, falls, -np.inf), np.where(self.lower < 0, rises, -np.inf))
            gains[is_free] = -np.inf
            place = int(np.argmax(gains))
            if gains[place] <= 1e-16:
                left = np.abs(slopes + lasso * signs)[is_free]
                return parameters, float(max(
                    left.max(initial=0), abs(self.gradient(parameters)[0]), 0, gains.max()))
            is_free[place], signs[place] = True, -np.sign(slopes[place])
        raise SystemExit(f"error: no minimum at lambda {float(penalty)}.")

    def path(self, lambdas):
        """All solutions, shape `[lambdaCount, 1 + columnCount]`, and the largest fault."""
        solutions, faults, signs = [], [], np.zeros(len(self.factors))
        for penalty in lambdas:
            parameters, fault = self.solved(newton.Wide(penalty), signs)
            signs = np.sign(parameters[1:]).astype(float)
            solutions.append(parameters)
            faults.append(fault)
        return np.array(solutions), max(faults)

    def r_tables(self, name):
        """What glmnet reads. It standardises itself, and makes factors sum to their number."""
        rows, each = self.rows, self.case
        columns = {f"x{index}": column for index, column in enumerate(rows["columns"].T)}
        columns["label"] = rows["labels"]
        for ours, theirs in [("weights", "weight"), ("offsets", "offset"), ("folds", "fold")]:
            if ours in each["uses"]:
                columns[theirs] = rows[ours]
        limits = {key: [str(x).replace("inf", "Inf") for x in getattr(self, key)]
                  for key in ("lower", "upper")}
        scale = sum(each["factors"]) / len(each["factors"])
        return {
            f"{name}-rows": columns,
            f"{name}-columns": {"penalty_factor": each["factors"]} | limits,
            f"{name}-path": {"lambda": np.array(each["lambdas"]) * scale}}


def complete(each, problem, theirs):
    """Adds the solutions of a case and how far glmnet is from them."""
    solutions, fault = problem.path(each["lambdas"])
    natural = theirs["coefficients"].reshape(len(each["lambdas"]), -1)
    found = natural.astype(newton.Wide)
    found[:, 1:] = natural[:, 1:] * problem.deviations
    found[:, 0] = natural[:, 0] + natural[:, 1:] @ problem.means
    each["kkt"] = fault
    each["glmnet_max_difference"] = float(np.max(np.abs(found - solutions)))
    expect(f"{each['name']}: kkt {fault:.1e}", fault < 1e-12)
    expect(f"{each['name']}: {each['glmnet_max_difference']:.1e} from glmnet's",
           each["glmnet_max_difference"] < 1e-6)
    each["means"], each["deviations"] = floats(problem.means), floats(problem.deviations)
    if "folds" in each["uses"]:
        complete_folds(each, problem, theirs)
        # The whole path is long; its solutions are told at the lambdas chosen.
        places = [each["lambdas"].index(each[key]) for key in ("lambda_min", "lambda_1se")]
        each["coefficients_at_lambda_min"], each["coefficients_at_lambda_1se"] = [
            dict(solution(solutions[place])) for place in places]
    else:
        each["intercepts"] = floats(solutions[:, 0])
        each["coefficients"] = floats(solutions[:, 1:])


def solution(parameters):
    return [("intercept", float(parameters[0])), ("coefficients", floats(parameters[1:]))]


def complete_folds(each, problem, theirs):
    """Adds the deviances of the folds and the choices; compares all with cv.glmnet's."""
    folds = problem.rows["folds"]
    deviances, shares = [], []
    for fold in range(FOLD_COUNT):
        held_out = folds == fold
        fitted = Problem(problem.rows, each, ~held_out)
        solutions, fault = fitted.path(each["lambdas"])
        expect(f"{each['name']}, fold {fold}: kkt {fault:.1e}", fault < 1e-12)
        columns = newton.widened(problem.rows["columns"])[held_out]
        columns = (columns - fitted.means) / fitted.deviations
        scores = newton.with_intercept(columns) @ solutions.T
        labels = problem.labels[held_out][:, None]
        losses = 2 * (np.logaddexp(newton.Wide(0), scores) - labels * scores)
        weights = problem.weights[held_out]
        deviances.append(weights @ losses / weights.sum())
        shares.append(weights.sum())
    deviances, shares = np.array(deviances), np.array(shares)
    cvm = shares @ deviances
    cvsd = np.sqrt(shares @ (deviances - cvm) ** 2 / (FOLD_COUNT - 1))
    best = int(np.argmin(cvm))
    one_error = int(np.flatnonzero(cvm <= cvm[best] + cvsd[best])[0])
    lambdas = each["lambdas"]
    for key, ours in {"lambda_min": lambdas[best], "lambda_1se": lambdas[one_error],
                      "largest_lambda": each["largest_lambda"]}.items():
        expect(f"{each['name']}: {key} {ours}, glmnet {theirs[key][0]}",
               abs(theirs[key][0] / ours - 1) < 1e-9)
    off = max(np.max(np.abs(theirs["cvm"] - cvm)), np.max(np.abs(theirs["cvsd"] - cvsd)))
    expect(f"{each['name']}: {off:.1e} from cv.glmnet's deviances", off < 1e-6)
    each |= {
        "fold_deviances": floats(deviances), "cvm": floats(cvm), "cvsd": floats(cvsd),
        "lambda_min": lambdas[best], "lambda_1se": lambdas[one_error],
        "cv_glmnet_max_difference": float(off)}


def expect(what, is_so):
    """Two references that disagree are none."""
    if not is_so:
        raise SystemExit(f"error: {what}.")
