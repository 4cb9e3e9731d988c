"""Models of flight delay: the runs as a table, the pipelines, and their ONNX form."""

import numpy as np
from onnx import TensorProto, helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from flight_data import CATEGORIES, NUMBERS

OPSETS = {"": 17, "ai.onnx.ml": 3}
IR_VERSION = 8


def boosted(name: str, note: str, **params) -> dict:
    """A row of the plan: gradient boosting."""
    return {"name": name, "note": note, "kind": "gradient boosting", "params": {"subsample": 0.5, **params}}


def linear(name: str, note: str, **params) -> dict:
    """A row of the plan: logistic regression by gradient descent."""
    return {"name": name, "note": note, "kind": "logistic regression", "params": params}


FIRST, SECOND = "first-watch", "steady-hand"
PLAN = [
    linear("light-air", "Logistic regression, strong penalty.", alpha=0.1, epochs=15, seed=1),
    linear(FIRST, "Logistic regression. Registered as version 1.", alpha=1e-4, epochs=15, seed=1),
    boosted("short-tack", "Few shallow trees.", learning_rate=0.1, max_depth=2, n_estimators=40, seed=1),
    boosted("hard-over", "Large steps: it overfits.", learning_rate=0.5, max_depth=6, n_estimators=60, seed=1),
    boosted("following-sea", "Deeper trees.", learning_rate=0.1, max_depth=4, n_estimators=100, seed=1),
    boosted(
        SECOND, "Half the steps. Registered as version 2.", learning_rate=0.05, max_depth=4, n_estimators=100, seed=1
    ),
]


def runs(quick: bool) -> list[dict]:
    """All planned runs, or with `quick` the two that are registered, at their smallest."""
    if not quick:
        return PLAN
    small = {FIRST: {"epochs": 2}, SECOND: {"n_estimators": 5}}
    return [{**row, "params": {**row["params"], **small[row["name"]]}} for row in PLAN if row["name"] in small]


def preparation() -> ColumnTransformer:
    """One column per level of a text, numbers scaled; a level never seen in training is all zeros."""
    levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("levels", levels, list(CATEGORIES)), ("numbers", StandardScaler(), list(NUMBERS))])


def classifier(row: dict):
    """The untrained classifier of a planned run."""
    params = {key: value for key, value in row["params"].items() if key not in ("seed", "epochs")}
    seed = row["params"]["seed"]
    if row["kind"] == "logistic regression":
        return SGDClassifier(loss="log_loss", random_state=seed, **params)
    return GradientBoostingClassifier(random_state=seed, **params)


def stages(row: dict, model, features: np.ndarray, labels: np.ndarray):
    """Train, and yield after every epoch or tree a function from features to the probability of a delay."""
    if row["kind"] == "logistic regression":
        for _ in range(row["params"]["epochs"]):
            model.partial_fit(features, labels, classes=[0, 1])
            yield lambda values: model.predict_proba(values)[:, 1]
        return
    model.set_params(warm_start=True)
    for trees in range(1, row["params"]["n_estimators"] + 1):
        model.set_params(n_estimators=trees).fit(features, labels)
        yield lambda values: model.predict_proba(values)[:, 1]


def as_onnx(prepare: ColumnTransformer, model):
    """Both as one ONNX model with an input per feature [N,1] and the output `probabilities` [N,2]."""
    types = [(name, StringTensorType([None, 1])) for name in CATEGORIES]
    types += [(name, FloatTensorType([None, 1])) for name in NUMBERS]
    pipeline = Pipeline([("prepare", prepare), ("model", model)])
    whole = to_onnx(pipeline, initial_types=types, target_opset=OPSETS, options={id(model): {"zipmap": False}})
    onnx_model = select_model_inputs_outputs(whole, outputs=["probabilities"])  # without the label
    graph = onnx_model.graph
    used = {name for node in graph.node for name in node.input}
    for unused in [constant for constant in graph.initializer if constant.name not in used]:
        graph.initializer.remove(unused)
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 2]))
    for value in graph.input:
        value.type.tensor_type.shape.dim[0].dim_param = "N"
    graph.name, onnx_model.ir_version = "flight-delay", IR_VERSION
    return onnx_model
