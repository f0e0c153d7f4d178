"""LightGBM's trees as plain nodes, and as the text that `Benchmarks shap` reads."""


def nodes_of(tree):
    """The nodes of one tree of `dump_model()`: the root first, children after their parent.

    A leaf has `value` and `cover`; a test `feature`, `left`, `right`, `cover`, where missing cells
    go, and `threshold` or, for a category, the codes that go left as `levels`.
    """
    nodes = []

    def add(node):
        place = len(nodes)
        if "leaf_value" in node:
            # A tree of one leaf has no count.
            nodes.append({"value": node["leaf_value"], "cover": node.get("leaf_count", 0)})
            return place
        here = {"feature": node["split_feature"], "cover": node["internal_count"]}
        nodes.append(here)
        if node["decision_type"] == "==":
            # A category that is missing, or in no set, goes right.
            here["levels"] = [int(code) for code in str(node["threshold"]).split("||")]
            here["missing_left"] = False
        elif node["decision_type"] == "<=":
            here["threshold"] = node["threshold"]
            if node["missing_type"] == "NaN":
                here["missing_left"] = node["default_left"]
            elif node["missing_type"] == "None":
                # A column that had no gaps in training: a gap is taken for 0.
                here["missing_left"] = 0 <= node["threshold"]
            else:
                raise ValueError(f"missing type {node['missing_type']}")
        else:
            raise ValueError(f"a test of type {node['decision_type']}")
        here["left"] = add(node["left_child"])
        here["right"] = add(node["right_child"])
        return place

    add(tree["tree_structure"])
    return nodes


def trees_of(booster):
    """All trees of a booster, each as its nodes."""
    return [nodes_of(tree) for tree in booster.dump_model()["tree_info"]]


def write(booster, path):
    """Writes a booster without categories: a line for the number of features and of trees, one for
    each tree's number of nodes, and one for each node."""
    trees = trees_of(booster)
    with open(path, "w") as file:
        print(booster.num_feature(), len(trees), file=file)
        for nodes in trees:
            print(len(nodes), file=file)
            for node in nodes:
                if "value" in node:
                    print(-1, 0, 0, 0, 0, node["cover"], repr(node["value"]), file=file)
                else:
                    print(
                        node["feature"], node["left"], node["right"], repr(node["threshold"]),
                        int(node["missing_left"]), node["cover"], 0, file=file)
