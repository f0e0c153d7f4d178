"""The libraries that fit logistic regressions, with the tolerances to be tried, loose to tight.

All minimise sum(logloss) + 1/2 |coefficients|^2 with a free intercept, which is C = 1.
"""
import warnings

import numpy as np

import logistic_data


class Peer:
    """A library: `fit` is timed, and returns the coefficients with the intercept last."""

    module = "sklearn"
    # Whether it is left out unless it is asked for, because it is slow.
    is_slow = False
    # Whether it takes a sparse matrix.
    is_for_categories = True
    # Whether what it minimises has the penalty.
    is_penalised = True
    # Whether it works out standard errors as well.
    has_errors = False
    tolerances = [None]


class ScikitLearn(Peer):
    """scikit-learn; its threads are those of OpenBLAS and OpenMP, told by the environment."""

    def __init__(self, solver, tolerances, is_slow=False, is_for_categories=True):
        self.solver, self.tolerances, self.is_slow = solver, tolerances, is_slow
        self.is_for_categories = is_for_categories

    def model(self, tolerance):
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(C=1.0, solver=self.solver, tol=tolerance, max_iter=2000)

    def fit(self, matrix, labels, tolerance, threads):
        with warnings.catch_warnings():
            # A fit that stops short is told by its objective.
            warnings.simplefilter("ignore")
            model = self.model(tolerance).fit(matrix, labels)
        return np.append(model.coef_, model.intercept_)


class Intelex(ScikitLearn):
    """scikit-learn-intelex, whose threads are TBB's."""

    module = "sklearnex"

    def model(self, tolerance):
        from sklearnex.linear_model import LogisticRegression

        return LogisticRegression(C=1.0, solver=self.solver, tol=tolerance, max_iter=2000)

    def fit(self, matrix, labels, tolerance, threads):
        import daal4py

        daal4py.daalinit(threads)
        return super().fit(matrix, labels, tolerance, threads)


class NumPy(Peer):
    """What an expert writes by hand: Newton with the Hessian by BLAS's dsyrk."""

    module = "scipy"
    is_for_categories = False
    tolerances = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8]

    def fit(self, matrix, labels, tolerance, threads):
        parameters = np.zeros(matrix.shape[1] + 1)
        for _ in range(50):
            gradient, information = logistic_data.slopes(matrix, labels, parameters)
            step = logistic_data.solved(information, gradient)
            parameters -= step
            # What the step promised, per row.
            if gradient @ step < tolerance * len(labels):
                break
        return parameters


class StatsModels(Peer):
    """statsmodels' Newton, without a penalty: it has none for its Newton."""

    module, is_slow, is_for_categories, is_penalised = "statsmodels", True, False, False
    has_errors = True

    def fit(self, matrix, labels, tolerance, threads):
        import statsmodels.api

        columns = np.column_stack([matrix, np.ones(len(labels))])
        return np.asarray(statsmodels.api.Logit(labels, columns).fit(
            method="newton", maxiter=50, disp=False).params)


PEERS = {
    "sklearn-lbfgs": ScikitLearn("lbfgs", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8]),
    "sklearn-newton-cholesky": ScikitLearn("newton-cholesky", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8]),
    "sklearn-newton-cg": ScikitLearn("newton-cg", [1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8]),
    "sklearn-saga": ScikitLearn("saga", [1e-3, 1e-4, 1e-5, 1e-6], is_slow=True),
    "intelex-lbfgs": Intelex(
        "lbfgs", [100, 10, 1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6], is_for_categories=False),
    "numpy-irls": NumPy(),
    "statsmodels": StatsModels(),
}
MODULES = {name: peer.module for name, peer in PEERS.items()}
