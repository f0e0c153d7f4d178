"""LightGBM with the settings that Optuna finds: a search of its own for each outer fold.

The ranges are those of Optuna's example for LightGBM, and a learning rate. Each trial is judged by
folds of the rows to learn from, which stop early by their mean loss, as `lightgbm.cv` does it.
"""
import time

import numpy as np

PATIENCE, MOST_TREES = 30, 2_000
# Inner folds; fewer of large tables, where a search takes an hour.
INNER_FOLDS, INNER_FOLDS_OF_LARGE, LARGE = 5, 3, 20_000


def inner_folds(labels, times):
    """Pairs of rows to learn from and to judge by: by class, or forward in time."""
    from sklearn.model_selection import StratifiedKFold, TimeSeriesSplit

    count = INNER_FOLDS if len(labels) <= LARGE else INNER_FOLDS_OF_LARGE
    if times is None:
        folds = StratifiedKFold(count, shuffle=True, random_state=1)
        return list(folds.split(labels, labels))
    order = np.argsort(times, kind="stable")
    return [(order[a], order[b]) for a, b in TimeSeriesSplit(count).split(order)]


def searched(features, labels, times, trial_count, threads):
    """The best settings with their number of trees, and their loss on the inner folds."""
    import lightgbm
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    folds = inner_folds(labels, times)
    data = lightgbm.Dataset(features, labels, free_raw_data=False)

    def objective(trial):
        settings = {
            "objective": "binary", "metric": "binary_logloss", "verbosity": -1,
            "num_threads": threads, "seed": 1, "feature_pre_filter": False,
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.3, log=True),
            "lambda_l1": trial.suggest_float("lambda_l1", 1e-8, 10.0, log=True),
            "lambda_l2": trial.suggest_float("lambda_l2", 1e-8, 10.0, log=True),
            "num_leaves": trial.suggest_int("num_leaves", 2, 256),
            "feature_fraction": trial.suggest_float("feature_fraction", 0.4, 1.0),
            "bagging_fraction": trial.suggest_float("bagging_fraction", 0.4, 1.0),
            "bagging_freq": trial.suggest_int("bagging_freq", 1, 7),
            "min_child_samples": trial.suggest_int("min_child_samples", 5, 100),
        }
        # Bins are made once more where a setting needs it, else kept.
        means = lightgbm.cv(
            settings, data, num_boost_round=MOST_TREES, folds=folds,
            callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
        )["valid binary_logloss-mean"]
        trial.set_user_attr("settings", settings)
        trial.set_user_attr("trees", len(means))
        return means[-1]

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=trial_count)
    attributes = study.best_trial.user_attrs
    return attributes["settings"], attributes["trees"], study.best_value


def searched_fold(features, labels, times, fold_of_row, fold, trial_count, threads):
    """What a nested search makes of one outer fold: losses, seconds and processor time."""
    import lightgbm

    from metrics import of_probabilities

    judged = fold_of_row == fold
    learned = (fold_of_row < fold) if times is not None else ~judged
    start, process = time.perf_counter(), time.process_time()
    settings, trees, inner_loss = searched(
        features[learned], labels[learned], None if times is None else times[learned],
        trial_count, threads)
    model = lightgbm.train(
        settings, lightgbm.Dataset(features[learned], labels[learned]), num_boost_round=trees)
    seconds, process = time.perf_counter() - start, time.process_time() - process
    figures = of_probabilities(model.predict(features[judged]), labels[judged])
    return {
        "fold": int(fold), **figures, "inner_log_loss": inner_loss, "trees": trees,
        "settings": settings, "seconds": seconds, "process_s": process}
