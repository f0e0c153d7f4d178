"""What applies grown trees to rows: each made ready from model files in a folder.

LightGBM's trees are applied by LightGBM, ONNX Runtime, treelite's compiler, lleaves and oneDAL:
the same trees. XGBoost and CatBoost cannot take them and apply their own, as many and as large,
grown on the same rows. Each maker returns what turns float32 rows into probabilities, compiled
already.
"""
LIGHTGBM_FILE = "lightgbm.txt"


def with_lightgbm(folder, threads):
    import lightgbm

    booster = lightgbm.Booster(model_file=folder / LIGHTGBM_FILE)
    return lambda cells: booster.predict(cells, num_threads=threads)


def with_xgboost(folder, threads):
    import xgboost

    booster = xgboost.Booster(model_file=folder / "xgboost.json")
    booster.set_param({"nthread": threads})
    return booster.inplace_predict


def with_catboost(folder, threads):
    import catboost

    model = catboost.CatBoost().load_model(folder / "catboost.cbm")
    return lambda cells: model.predict(
        cells, prediction_type="Probability", thread_count=threads)[:, 1]


def with_onnxruntime(folder, threads):
    import lightgbm
    import onnxmltools
    import onnxruntime
    from onnxmltools.convert.common.data_types import FloatTensorType

    booster = lightgbm.Booster(model_file=folder / LIGHTGBM_FILE)
    kind = FloatTensorType([None, booster.num_feature()])
    converted = onnxmltools.convert_lightgbm(
        booster, initial_types=[("rows", kind)], zipmap=False, target_opset=15)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        converted.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda cells: session.run(None, {"rows": cells})[1][:, 1]


def with_treelite(folder, threads):
    import tl2cgen
    import treelite

    model = treelite.frontend.load_lightgbm_model(folder / LIGHTGBM_FILE)
    library = folder / "treelite.so"
    if not library.exists():
        # 64 files, which the C compiler takes far less time for than for one large one.
        tl2cgen.export_lib(
            model, toolchain="gcc", libpath=library, params={"parallel_comp": 64}, nthread=2,
            options=["-O3", "-march=native"])
    predictor = tl2cgen.Predictor(library, nthread=threads)
    return lambda cells: predictor.predict(tl2cgen.DMatrix(cells)).reshape(-1)


def with_lleaves(folder, threads):
    import lleaves

    model = lleaves.Model(model_file=folder / LIGHTGBM_FILE)
    model.compile(cache=folder / "lleaves.bin")
    return lambda cells: model.predict(cells, n_jobs=threads)


def with_onedal(folder, threads):
    import daal4py
    import lightgbm

    daal4py.daalinit(threads)
    model = daal4py.mb.convert_model(lightgbm.Booster(model_file=folder / LIGHTGBM_FILE))
    return lambda cells: model.predict_proba(cells)[:, 1]


# Maker, the module it needs, and whether it applies LightGBM's trees.
PEERS = {
    "lightgbm": (with_lightgbm, "lightgbm", True),
    "xgboost": (with_xgboost, "xgboost", False),
    "catboost": (with_catboost, "catboost", False),
    "onnxruntime": (with_onnxruntime, "onnxmltools", True),
    "treelite": (with_treelite, "tl2cgen", True),
    "lleaves": (with_lleaves, "lleaves", True),
    "onedal": (with_onedal, "daal4py", True),
}
