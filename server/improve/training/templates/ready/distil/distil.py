"""Teach a small network of handwritten digits what a large one answers, and compare it with one that learned from the labels alone.

The large one is `model.onnx`, where it lies beside this file; else it is trained first. The small one learns the logits of the large one
(Ba and Caruana 2014, "Do Deep Nets Really Need to be Deep?"), also on images that are moved by a pixel, for which there are no labels.
"""

import json
import os
import pickle
from pathlib import Path

import mlflow
import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor

LARGE = Path(__file__).with_name("model.onnx")
DEFAULTS = {"hidden": 16, "large_hidden": 256, "epochs": 60, "learning_rate": 0.002, "source": ""}


def parameters() -> dict:
    """Those of the job; the others as above."""
    path = os.environ.get("LEEWAY_PARAMS")
    if not path:
        return DEFAULTS
    with open(path, encoding="utf-8") as file:
        return {**DEFAULTS, **json.load(file)}


def teacher(rows: np.ndarray, labels: np.ndarray, params: dict, seed: int):
    """A function from rows to probabilities."""
    if LARGE.exists():
        session = onnxruntime.InferenceSession(str(LARGE), providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        return lambda values: session.run(None, {name: values.reshape(-1, 1, 8, 8).astype(np.float32)})[0]
    model = MLPClassifier(hidden_layer_sizes=(int(params["large_hidden"]),), random_state=seed, max_iter=100)
    model.fit(rows, labels)
    return model.predict_proba


def moved(rows: np.ndarray) -> np.ndarray:
    """The images, and each moved by a pixel to four sides."""
    images = rows.reshape(-1, 8, 8)
    parts = [images, *(np.roll(images, shift, axis) for shift in (-1, 1) for axis in (1, 2))]
    return np.concatenate(parts).reshape(-1, 64)


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


def as_onnx(model: MLPRegressor):
    """The small network from `image` [N,1,8,8] to `probabilities` [N,10]."""
    values = {
        "weight_0": model.coefs_[0],
        "bias_0": model.intercepts_[0],
        "weight_1": model.coefs_[1],
        "bias_1": model.intercepts_[1],
    }
    weights = [numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name) for name, value in values.items()]
    nodes = [
        helper.make_node("Flatten", ["image"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "weight_0", "bias_0"], ["dense"]),
        helper.make_node("Relu", ["dense"], ["active"]),
        helper.make_node("Gemm", ["active", "weight_1", "bias_1"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 10])
    graph = helper.make_graph(nodes, "digits-small", [image], [probabilities], weights)
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    labels = onnx_model.metadata_props.add()
    labels.key, labels.value = "labels", json.dumps([str(digit) for digit in range(10)])
    checker.check_model(onnx_model, full_check=True)
    return onnx_model


def main() -> None:
    """Train, compare on images that none of them learned from, and log the small model."""
    params, seed = parameters(), int(os.environ.get("LEEWAY_SEED", "0"))
    folder = os.environ.get("LEEWAY_CHECKPOINT_DIR", "checkpoints")
    os.makedirs(folder, exist_ok=True)
    digits = load_digits()
    rows, labels = digits.data / 16.0, digits.target
    train, test = train_test_split(np.arange(len(labels)), test_size=500, stratify=labels, random_state=13)
    large = teacher(rows[train], labels[train], params, seed)
    known = moved(rows[train])
    logits = np.log(np.clip(large(known), 1e-6, 1))
    logits -= logits.mean(axis=1, keepdims=True)
    hidden, rate = (int(params["hidden"]),), params["learning_rate"]
    state = restore(folder)
    if state is None:
        small = MLPRegressor(hidden_layer_sizes=hidden, learning_rate_init=rate, random_state=seed)
        state = {"step": 0, "model": small}
    small = state["model"]
    with mlflow.start_run():
        if state["step"] == 0:
            mlflow.log_params({**params, "seed": seed, "large": "model.onnx" if LARGE.exists() else "trained here"})
        for step in range(state["step"] + 1, int(params["epochs"]) + 1):
            small.partial_fit(known, logits)
            accuracy = float((small.predict(rows[test]).argmax(axis=1) == labels[test]).mean())
            mlflow.log_metrics({"loss": float(small.loss_), "accuracy": accuracy}, step=step)
            if step % 5 == 0:
                print(f"epoch {step}: accuracy {accuracy:.4f}", flush=True)
                save(folder, {"step": step, "model": small})
        alone = MLPClassifier(hidden_layer_sizes=hidden, learning_rate_init=rate, random_state=seed, max_iter=int(params["epochs"]))
        alone.fit(rows[train], labels[train])
        metrics = {
            "accuracy_large": float((large(rows[test]).argmax(axis=1) == labels[test]).mean()),
            "accuracy_without_teacher": float(alone.score(rows[test], labels[test])),
            "weights": float(sum(part.size for part in [*small.coefs_, *small.intercepts_])),
        }
        mlflow.log_metrics(metrics, step=int(params["epochs"]))
        print(json.dumps(metrics), flush=True)
        mlflow.onnx.log_model(
            as_onnx(small),
            name="model",
            pip_requirements=["onnx", "onnxruntime"],
            save_as_external_data=False,
        )


if __name__ == "__main__":
    main()
