"""Train a perceptron on handwritten digits (8 by 8 pixels), epoch by epoch, going on from the newest checkpoint.

Nothing here knows of Leeway but the names of environment variables. Without them it trains all the same.
"""

import json
import os
import pickle

import mlflow
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

DEFAULTS = {"hidden": 64, "learning_rate": 0.02, "batch_size": 32, "epochs": 20, "checkpoint_every": 2}


def parameters() -> dict:
    """Those of the job; the others as above."""
    path = os.environ.get("LEEWAY_PARAMS")
    if not path:
        return DEFAULTS
    with open(path, encoding="utf-8") as file:
        return {**DEFAULTS, **json.load(file)}


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


def as_onnx(model: MLPClassifier):
    """The network from `image` [N,1,8,8] to `probabilities` [N,10]."""
    nodes, weights, last = [helper.make_node("Flatten", ["image"], ["flat"], axis=1)], [], "flat"
    for layer, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_)):
        if layer:
            nodes.append(helper.make_node("Relu", [last], [f"active_{layer}"]))
            last = f"active_{layer}"
        names = [f"weight_{layer}", f"bias_{layer}"]
        for name, value in zip(names, (weight, bias)):
            weights.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name))
        nodes.append(helper.make_node("Gemm", [last, *names], [f"dense_{layer}"]))
        last = f"dense_{layer}"
    nodes.append(helper.make_node("Softmax", [last], ["probabilities"], axis=1))
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 10])
    graph = helper.make_graph(nodes, "digits", [image], [probabilities], weights)
    onnx_model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    labels = onnx_model.metadata_props.add()
    labels.key, labels.value = "labels", json.dumps([str(digit) for digit in range(10)])
    checker.check_model(onnx_model, full_check=True)
    return onnx_model


def main() -> None:
    """Train, measure on images that it does not learn from, and log the model."""
    params, seed = parameters(), int(os.environ.get("LEEWAY_SEED", "0"))
    folder = os.environ.get("LEEWAY_CHECKPOINT_DIR", "checkpoints")
    os.makedirs(folder, exist_ok=True)
    digits = load_digits()
    rows, labels = digits.data / 16.0, digits.target
    train, test = train_test_split(np.arange(len(labels)), test_size=500, stratify=labels, random_state=13)
    state = restore(folder)
    if state is None:
        model = MLPClassifier(
            hidden_layer_sizes=(int(params["hidden"]),),
            solver="sgd",
            learning_rate_init=params["learning_rate"],
            batch_size=int(params["batch_size"]),
            random_state=seed,
        )
        state = {"step": 0, "model": model}
    model = state["model"]
    with mlflow.start_run():
        if state["step"] == 0:
            mlflow.log_params({**params, "seed": seed, "model": "perceptron"})
        for epoch in range(state["step"], int(params["epochs"])):
            model.partial_fit(rows[train], labels[train], classes=np.arange(10))
            step = epoch + 1
            accuracy = float(model.score(rows[test], labels[test]))
            mlflow.log_metrics({"train_loss": float(model.loss_), "accuracy": accuracy}, step=step)
            print(f"epoch {step}: loss {model.loss_:.4f}, accuracy {accuracy:.4f}", flush=True)
            if step % int(params["checkpoint_every"]) == 0:
                save(folder, {"step": step, "model": model})
        mlflow.onnx.log_model(
            as_onnx(model),
            name="model",
            pip_requirements=["onnx", "onnxruntime"],
            save_as_external_data=False,
        )


if __name__ == "__main__":
    main()
