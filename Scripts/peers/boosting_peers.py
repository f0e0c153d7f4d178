"""The libraries that grow boosted trees, all with the settings of one task.

Learning rate 0.1, l2 1, 255 bins, at least 20 rows in a leaf, no sampling, no early stopping. What
has no leaf-wise growth grows by a depth whose trees have about as many leaves.
"""
from dataclasses import dataclass

import numpy as np

from models import L2, LEARNING_RATE, MAX_BINS, MIN_ROWS_PER_LEAF


@dataclass(frozen=True)
class Task:
    """What is to be grown, with how many threads; the first columns are categories."""

    trees: int
    leaves: int
    threads: int
    category_count: int = 0

    @property
    def depth(self):
        """5 for 31 leaves, 6 for 63: a full tree of this depth has about as many."""
        return max(1, round(np.log2(self.leaves)))


class Peer:
    """A library: `prepared` is not timed, `fit` is, `probabilities` is not."""

    module = ""

    def __init__(self, task):
        self.task = task

    def prepared(self, cells):
        """The features in the form that the library wants them in."""
        return cells


class LightGBM(Peer):
    module = "lightgbm"
    more = {}

    def fit(self, cells, labels):
        import lightgbm

        parameters = {
            "objective": "binary", "num_leaves": self.task.leaves, "learning_rate": LEARNING_RATE,
            "lambda_l2": L2, "min_data_in_leaf": MIN_ROWS_PER_LEAF, "max_bin": MAX_BINS,
            "num_threads": self.task.threads, "seed": 1, "verbosity": -1} | self.more
        categories = list(range(self.task.category_count))
        data = lightgbm.Dataset(cells, labels, params=parameters, categorical_feature=categories)
        return lightgbm.train(parameters, data, self.task.trees)

    def probabilities(self, model, cells):
        return model.predict(cells)


class QuantizedLightGBM(LightGBM):
    more = {"use_quantized_grad": True, "quant_train_renew_leaf": True}


class XGBoost(Peer):
    module = "xgboost"

    def growth(self):
        return {"grow_policy": "lossguide", "max_leaves": self.task.leaves, "max_depth": 0}

    def kinds(self, cells):
        count = self.task.category_count
        kinds = ["c"] * count + ["q"] * (cells.shape[1] - count)
        return {"feature_types": kinds, "enable_categorical": True} if count else {}

    def fit(self, cells, labels):
        import xgboost

        # It has no least number of rows in a leaf; 1 is its default for the sum of hessians.
        parameters = {
            "objective": "binary:logistic", "tree_method": "hist", "learning_rate": LEARNING_RATE,
            "reg_lambda": L2, "max_bin": MAX_BINS, "min_child_weight": 1, "seed": 1,
            "nthread": self.task.threads, "verbosity": 0} | self.growth()
        data = xgboost.QuantileDMatrix(
            cells, labels, max_bin=MAX_BINS, nthread=self.task.threads, **self.kinds(cells))
        return xgboost.train(parameters, data, self.task.trees)

    def probabilities(self, model, cells):
        import xgboost

        return model.predict(xgboost.DMatrix(cells, **self.kinds(cells)))


class XGBoostByDepth(XGBoost):
    def growth(self):
        return {"grow_policy": "depthwise", "max_depth": self.task.depth}


class HistGradientBoosting(Peer):
    module = "sklearn"

    def fit(self, cells, labels):
        from sklearn.ensemble import HistGradientBoostingClassifier

        # Categories of more than 255 levels it refuses; their codes stay numbers.
        categories = [
            place for place in range(self.task.category_count)
            if cells[:, place].max() < MAX_BINS]
        return HistGradientBoostingClassifier(
            max_iter=self.task.trees, max_leaf_nodes=self.task.leaves, max_depth=None,
            learning_rate=LEARNING_RATE, l2_regularization=L2, max_bins=MAX_BINS,
            min_samples_leaf=MIN_ROWS_PER_LEAF, early_stopping=False, random_state=1,
            categorical_features=categories or None).fit(cells, labels)

    def probabilities(self, model, cells):
        return model.predict_proba(cells)[:, 1]


class CatBoost(Peer):
    """Symmetric trees by depth, its fastest form, without bootstrap and without noise."""

    module = "catboost"

    def settings(self):
        return {
            "l2_leaf_reg": L2, "border_count": MAX_BINS - 1, "depth": self.task.depth,
            "boosting_type": "Plain", "bootstrap_type": "No", "random_strength": 0,
            "boost_from_average": True,
            "leaf_estimation_iterations": 1}

    def prepared(self, cells):
        import catboost

        count = self.task.category_count
        if not count:
            return cells
        return catboost.FeaturesData(
            num_feature_data=np.ascontiguousarray(cells[:, count:]),
            cat_feature_data=cells[:, :count].astype(int).astype(bytes).astype(object))

    def fit(self, cells, labels):
        import catboost

        return catboost.CatBoost({
            "iterations": self.task.trees, "learning_rate": LEARNING_RATE,
            "loss_function": "Logloss", "thread_count": self.task.threads, "random_seed": 1,
            "allow_writing_files": False, "logging_level": "Silent"} | self.settings()
        ).fit(catboost.Pool(cells, labels))

    def probabilities(self, model, cells):
        import catboost

        return model.predict(catboost.Pool(cells), prediction_type="Probability")[:, 1]


class DefaultCatBoost(CatBoost):
    """What a user gets: depth 6, bootstrap, noise, ordered statistics of categories."""

    def settings(self):
        return {}


class OneDAL(Peer):
    """scikit-learn-intelex's own boosting, by depth. It has neither gaps nor categories."""

    module = "daal4py"

    def prepared(self, cells):
        return np.where(np.isnan(cells), np.float32(-999), cells)

    def fit(self, cells, labels):
        import daal4py

        daal4py.daalinit(self.task.threads)
        return daal4py.gbt_classification_training(
            nClasses=2, fptype="float", maxIterations=self.task.trees,
            maxTreeDepth=self.task.depth, shrinkage=LEARNING_RATE, lambda_=L2,
            minObservationsInLeafNode=MIN_ROWS_PER_LEAF, splitMethod="inexact",
            maxBins=MAX_BINS, minBinSize=1, observationsPerTreeFraction=1.0, featuresPerNode=0,
        ).compute(cells, labels.reshape(-1, 1)).model

    def probabilities(self, model, cells):
        import daal4py

        return daal4py.gbt_classification_prediction(
            nClasses=2, fptype="float", resultsToEvaluate="computeClassProbabilities",
        ).compute(cells, model).probabilities[:, 1]


PEERS = {
    "lightgbm": LightGBM,
    "lightgbm-quantized": QuantizedLightGBM,
    "xgboost": XGBoost,
    "xgboost-depth": XGBoostByDepth,
    "sklearn": HistGradientBoosting,
    "catboost": CatBoost,
    "catboost-default": DefaultCatBoost,
    "onedal": OneDAL,
}


MODULES = {name: peer.module for name, peer in PEERS.items()}


def can_learn(name, table):
    """Whether a peer plays on a table: CatBoost's defaults are for categories, oneDAL has none."""
    return name != ("onedal" if table.category_count else "catboost-default")
