"""The peers, with the settings that make them the same method as ours."""
import numpy as np

TREES, LEAVES, LEARNING_RATE, L2 = 100, 31, 0.1, 1.0
MIN_ROWS_PER_LEAF, MAX_BINS = 20, 255

LIGHTGBM = {
    "objective": "binary", "num_leaves": LEAVES, "learning_rate": LEARNING_RATE, "lambda_l2": L2,
    "min_data_in_leaf": MIN_ROWS_PER_LEAF, "max_bin": MAX_BINS, "seed": 1,
    "deterministic": True, "force_row_wise": True, "verbosity": -1,
}
LOGISTIC = {"C": 1.0 / L2, "tol": 1e-8, "max_iter": 10_000}
ENCODER = {"min_frequency": 20, "handle_unknown": "infrequent_if_exist"}

# What plays against each of our learners on accuracy, and what on time. The last one is shown but
# not judged by: where a category has very many levels, LightGBM overfits them, and reading their
# codes as numbers is the stronger opponent.
PEER_OF_LEARNER = {
    "logistic": "scikit-learn", "gbm": "LightGBM", "gbm_ordinal": "LightGBM, categories as codes",
}
TIMED_PEERS = {
    "logistic": ["scikit-learn newton-cholesky", "scikit-learn lbfgs"],
    "gbm": ["LightGBM"],
}

SETTINGS = {
    "logistic": {
        "LogisticRegression": LOGISTIC | {"solver": "newton-cholesky"},
        "OneHotEncoder": ENCODER,
        "numbers": "SimpleImputer(mean, add_indicator), then StandardScaler",
        "fitted": "the whole pipeline inside each fold",
    },
    "gbm": LIGHTGBM | {"num_boost_round": TREES, "categories": "native"},
    "gbm_ordinal": LIGHTGBM | {"num_boost_round": TREES, "categories": "codes in sorted order"},
}


def fitted(learner, features, labels, threads, solver="newton-cholesky"):
    """Fits the peer of a learner; returns what turns features into raw log odds."""
    if learner == "gbm":
        return fitted_lightgbm(features, labels, threads)
    if learner == "gbm_ordinal":
        score = fitted_lightgbm(with_codes(features), labels, threads)
        return lambda rows: score(with_codes(rows))
    return fitted_logistic(features, labels, solver)


def fitted_lightgbm(features, labels, threads):
    """Boosted trees by LightGBM with its native categories."""
    import lightgbm

    parameters = LIGHTGBM | {"num_threads": threads}
    data = lightgbm.Dataset(features, labels, params=parameters)
    booster = lightgbm.train(parameters, data, num_boost_round=TREES)
    return lambda rows: booster.predict(rows, raw_score=True)


def with_codes(features):
    """The features with each category's levels numbered in sorted order; NaN where missing."""
    codes = {
        name: column.cat.codes.astype(np.float64).mask(column.isna())
        for name, column in features.items() if column.dtype == "category"
    }
    return features.assign(**codes)


def fitted_logistic(features, labels, solver):
    """Logistic regression by scikit-learn; the number of threads is that of its OpenBLAS."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(**ENCODER), make_column_selector(dtype_exclude=np.number)))
    model = make_pipeline(columns, LogisticRegression(solver=solver, **LOGISTIC))
    return model.fit(features, labels).decision_function


def out_of_fold_scores(learner, features, labels, fold_of_row, threads):
    """Each row's raw log odds from the peer fitted on the other folds, shape `[rowCount]`."""
    fold_of_row = np.asarray(fold_of_row)
    scores = np.full(len(labels), np.nan)
    for fold in np.unique(fold_of_row[fold_of_row >= 0]):
        held_out = fold_of_row == fold
        score = fitted(learner, features[~held_out], labels[~held_out], threads)
        scores[held_out] = score(features[held_out])
    return scores


def fold_metrics(scores, labels, fold_of_row):
    """ROC AUC and log loss of each fold, in the order of the folds."""
    from sklearn.metrics import roc_auc_score

    fold_of_row, labels = np.asarray(fold_of_row), np.asarray(labels)
    folds = [fold_of_row == fold for fold in np.unique(fold_of_row[fold_of_row >= 0])]
    # log(1 + exp(score)) - label * score stays exact where a probability would round to 1.
    losses = np.logaddexp(0, scores) - labels * scores
    return {
        "roc_auc": [float(roc_auc_score(labels[rows], scores[rows])) for rows in folds],
        "log_loss": [float(losses[rows].mean()) for rows in folds],
    }
