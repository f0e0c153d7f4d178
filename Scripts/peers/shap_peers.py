"""What shares scores of boosted trees out among features: each made ready from a folder of models.

All explain LightGBM's trees. XGBoost is handed them as a model of its own, with thresholds, leaves and
row counts in 32 bits; shap's own code is used, not LightGBM's, which it would call. Each maker
returns what turns float32 rows into contributions, shape [rows, features].
"""
import json

import numpy as np

from tree_text import trees_of

LIGHTGBM_FILE, XGBOOST_FILE = "lightgbm.txt", "xgboost.json"


def lightgbm_model(folder):
    import lightgbm

    return lightgbm.Booster(model_file=folder / LIGHTGBM_FILE)


def with_lightgbm(folder, threads):
    booster = lightgbm_model(folder)
    return lambda cells: booster.predict(cells, pred_contrib=True, num_threads=threads)[:, :-1]


def with_xgboost(folder, threads):
    import xgboost

    booster = xgboost.Booster(model_file=folder / XGBOOST_FILE)
    booster.set_param({"nthread": threads})
    kept = {}

    def explain(cells):
        # The rows are taken up once, before the clock starts.
        if id(cells) not in kept:
            kept[id(cells)] = xgboost.DMatrix(cells, nthread=threads)
        return booster.predict(kept[id(cells)], pred_contribs=True)[:, :-1]

    return explain


def with_shap(folder, threads):
    import shap

    explainer = shap.TreeExplainer(
        lightgbm_model(folder), feature_perturbation="tree_path_dependent")
    explainer.model.model_type = "internal"

    def explain(cells):
        values = np.asarray(explainer.shap_values(cells.astype(float), check_additivity=False))
        return values[..., -1] if values.ndim == 3 else values

    return explain


# Maker, the module it needs, and whether it uses more than one thread.
PEERS = {
    "lightgbm": (with_lightgbm, "lightgbm", True),
    "xgboost": (with_xgboost, "xgboost", True),
    "shap": (with_shap, "shap", False),
}


def carry_over(booster, path):
    """Writes a LightGBM booster of quantities as an XGBoost model."""
    import xgboost

    width = booster.num_feature()
    empty = xgboost.train(
        {"objective": "binary:logistic", "base_score": 0.5, "max_depth": 1},
        xgboost.DMatrix(np.zeros((2, width), np.float32), [0, 1]), 1)
    model = json.loads(empty.save_raw("json"))
    inner = model["learner"]["gradient_booster"]["model"]
    trees = trees_of(booster)
    inner["trees"] = [
        xgboost_tree(nodes, place, width) for place, nodes in enumerate(trees)]
    inner["tree_info"] = [0] * len(trees)
    inner["iteration_indptr"] = list(range(len(trees) + 1))
    inner["gbtree_model_param"]["num_trees"] = str(len(trees))
    path.write_text(json.dumps(model))


def xgboost_tree(nodes, place, width):
    """One tree in XGBoost's form, in which a value goes left where it is less than the threshold."""
    parents = [2147483647] * len(nodes)
    for index, node in enumerate(nodes):
        for side in ("left", "right"):
            if side in node:
                parents[node[side]] = index
    count = len(nodes)
    return {
        "base_weights": [float(np.float32(node.get("value", 0))) for node in nodes],
        "categories": [], "categories_nodes": [], "categories_segments": [],
        "categories_sizes": [],
        "default_left": [int(node.get("missing_left", False)) for node in nodes],
        "id": place,
        "left_children": [node.get("left", -1) for node in nodes],
        "right_children": [node.get("right", -1) for node in nodes],
        "loss_changes": [0.0] * count,
        "parents": parents,
        "split_conditions": [
            float(np.float32(node["value"])) if "value" in node
            else first_above(node["threshold"]) for node in nodes],
        "split_indices": [node.get("feature", 0) for node in nodes],
        "split_type": [0] * count,
        "sum_hessian": [float(node["cover"]) for node in nodes],
        "tree_param": {
            "num_deleted": "0", "num_feature": str(width), "num_nodes": str(count),
            "size_leaf_vector": "1"},
    }


def first_above(threshold):
    """The least number of 32 bits above a threshold."""
    near = np.float32(threshold)
    if float(near) <= threshold:
        near = np.nextafter(near, np.float32(np.inf))
    return float(near)
