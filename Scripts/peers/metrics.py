"""ROC AUC and log loss, computed the same for everyone."""
import numpy as np


def of_probabilities(probabilities, labels):
    """Both figures of probabilities; one of 0 or 1 counts as the number next to it."""
    from sklearn.metrics import roc_auc_score

    chances = np.clip(np.asarray(probabilities, float), 1e-15, 1 - 1e-15)
    losses = np.where(np.asarray(labels) > 0, np.log(chances), np.log1p(-chances))
    return {"roc_auc": float(roc_auc_score(labels, chances)), "log_loss": float(-losses.mean())}
