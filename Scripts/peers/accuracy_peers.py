"""The libraries with their defaults and early stopping: a tenth held out, a patience of 20 trees.

Each gets the rows to learn from, in two parts, and returns what turns rows into probabilities. All
may grow at most 1,000 trees of their own size and at their own rate. Categories they read natively;
scikit-learn refuses those of more than 255 levels, whose codes in sorted order stand for them.
"""
import numpy as np

from models import with_codes

PATIENCE, MOST_TREES = 20, 1_000


def fitted_lightgbm(features, labels, rest, held_out, threads):
    import lightgbm

    model = lightgbm.LGBMClassifier(
        n_estimators=MOST_TREES, n_jobs=threads, random_state=1, verbosity=-1)
    model.fit(
        features.iloc[rest], labels[rest], eval_X=features.iloc[held_out], eval_y=labels[held_out],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)])
    return lambda rows: model.predict_proba(rows)[:, 1]


def fitted_xgboost(features, labels, rest, held_out, threads):
    import xgboost

    model = xgboost.XGBClassifier(
        n_estimators=MOST_TREES, n_jobs=threads, random_state=1, enable_categorical=True,
        tree_method="hist", early_stopping_rounds=PATIENCE)
    model.fit(
        features.iloc[rest], labels[rest], eval_set=[(features.iloc[held_out], labels[held_out])],
        verbose=False)
    return lambda rows: model.predict_proba(rows)[:, 1]


def fitted_catboost(features, labels, rest, held_out, threads):
    import catboost

    names = list(features.columns[features.dtypes == "category"])

    def pool(rows, outcomes=None):
        texts = {name: rows[name].astype(object).fillna("").astype(str) for name in names}
        return catboost.Pool(rows.assign(**texts), outcomes, cat_features=names)

    # Its default learning rate depends on the number of trees, so that stays its default too.
    model = catboost.CatBoostClassifier(
        thread_count=threads, random_seed=1, allow_writing_files=False, logging_level="Silent")
    model.fit(
        pool(features.iloc[rest], labels[rest]), early_stopping_rounds=PATIENCE,
        eval_set=pool(features.iloc[held_out], labels[held_out]))
    return lambda rows: model.predict_proba(pool(rows))[:, 1]


def fitted_sklearn(features, labels, rest, held_out, threads):
    from sklearn.ensemble import HistGradientBoostingClassifier

    large = [
        name for name, column in features.items()
        if column.dtype == "category" and len(column.cat.categories) > 255]

    def readable(rows):
        return rows.assign(**with_codes(rows[large]))

    model = HistGradientBoostingClassifier(
        max_iter=MOST_TREES, early_stopping=True, n_iter_no_change=PATIENCE, random_state=1)
    model.fit(
        readable(features.iloc[rest]), labels[rest], X_val=readable(features.iloc[held_out]),
        y_val=labels[held_out])
    return lambda rows: model.predict_proba(readable(rows))[:, 1]


# By the name of the module that it needs.
PEERS = {
    "lightgbm": fitted_lightgbm,
    "xgboost": fitted_xgboost,
    "catboost": fitted_catboost,
    "sklearn": fitted_sklearn,
}


def split(labels, times, seed=1):
    """Places of the rows to learn from and of the tenth held out: by class, or the latest."""
    count = len(labels)
    if times is not None:
        order = np.argsort(times, kind="stable")
        return order[:count - count // 10], order[count - count // 10:]
    order = np.random.default_rng(seed).permutation(count)
    held_out = np.concatenate([
        rows[:len(rows) // 10] for rows in (order[labels[order] == 1], order[labels[order] == 0])])
    return np.setdiff1d(order, held_out), held_out


def out_of_fold(peer, features, labels, fold_of_row, times, threads):
    """Each row's probability from the peer fitted on the other folds, or on those before."""
    probabilities = np.full(len(labels), np.nan)
    for fold in range(fold_of_row.max() + 1):
        judged = fold_of_row == fold
        learned = fold_of_row < fold if times is not None else ~judged
        own, outcomes = features[learned], labels[learned]
        rest, held_out = split(outcomes, None if times is None else times[learned])
        predict = PEERS[peer](own, outcomes, rest, held_out, threads)
        probabilities[judged] = predict(features[judged])
    return probabilities
