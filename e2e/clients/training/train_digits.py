"""Learn handwritten digits, logging every run with the MLflow client to MLFLOW_TRACKING_URI.

Four versions of one model are registered: a linear one, a convolutional network, the same network in int8, and
the same once more with a mistake in it, for a release that should not pass.
"""

import math

import mlflow
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

from checking import check, probabilities
from digits_data import LABELS, SOURCE, Split, confusion_matrix, hardest, load
from digits_plan import LINEAR, NETWORK, QUANTISED, runs
from tracking import arguments, describe_model, fail, register, run, set_metadata

try:
    from digits_torch import TorchDigits as Digits
except ImportError:
    print("torch is not installed: scikit-learn trains a perceptron in place of the convolutional network")
    from digits_sklearn import SklearnDigits as Digits

SIGNATURE = ModelSignature(
    inputs=Schema([TensorSpec(np.dtype(np.float32), (-1, 1, 8, 8), "image")]),
    outputs=Schema([TensorSpec(np.dtype(np.float32), (-1, 10), "probabilities")]),
)
INPUTS = {"image": {"shape": [1, 8, 8], "min": 0, "max": 1, "description": "White digit on black, 8 by 8 pixels"}}
EPOCHS_AFTER_NAN = 3  # a run goes on for a little while, as one does that nobody watches


def log_data(data: dict[str, Split]) -> None:
    """Log the training and validation images as the run's dataset inputs."""
    for context in ("training", "validation"):
        part = data[context]
        dataset = mlflow.data.from_numpy(part.images, SOURCE, part.labels, name=f"uci-digits-{context}")
        mlflow.log_input(dataset, context)


def validate(model, split: Split) -> dict[str, float]:
    """Loss and accuracy on the validation images; both are NaN once the weights are."""
    logits = model.logits(split.images).astype(np.float64)
    if not np.isfinite(logits).all():
        return {"val_loss": math.nan, "val_accuracy": math.nan}
    shifted = logits - logits.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(split.labels)), split.labels]
    loss = float((np.log(np.exp(shifted).sum(axis=1)) - chosen).mean())
    return {"val_loss": loss, "val_accuracy": float((logits.argmax(axis=1) == split.labels).mean())}


def train(model, data: dict[str, Split], epochs: int) -> int | None:
    """Train and log every epoch; returns the epoch at which the loss was lost, if it was."""
    lost = None
    for epoch in range(epochs):
        metrics = model.epoch(data["training"]) | validate(model, data["validation"])
        mlflow.log_metrics(metrics, step=epoch)
        if lost is None and not math.isfinite(metrics["train_loss"]):
            lost = epoch
        if lost is not None and epoch >= lost + EPOCHS_AFTER_NAN:
            break
    return lost


def evaluate(onnx_model, test: Split) -> dict[str, float]:
    """Check the model, log its test metrics, confusion matrix and hardest images."""
    set_metadata(onnx_model, labels=LABELS, inputs=INPUTS)
    metrics = check(onnx_model, {"image": test.images}, test.labels)
    answers = probabilities(onnx_model, {"image": test.images})
    mlflow.log_metrics(metrics)
    mlflow.log_dict(confusion_matrix(test.labels, answers.argmax(axis=1)), "confusion_matrix.json")
    mlflow.log_image(hardest(test, answers), "hardest.png")
    return metrics


def publish(onnx_model, name: str, what: str, metrics: dict, precision: str, aliases: tuple[str, ...] = ()) -> None:
    """Register the model as the next version."""
    description = f"{what}. Accuracy on 500 held-out images: {metrics['test_accuracy']:.1%}."
    tags = {"task": "image-classification", "precision": precision, "test_accuracy": f"{metrics['test_accuracy']:.4f}"}
    version = register(onnx_model, name, SIGNATURE, description, tags, aliases)
    print(f"registered {name} version {version}: {description}")


def one_run(row: dict, data: dict[str, Split], options) -> None:
    """One planned run from start to end; the registered ones publish their model."""
    with run(row["name"], row["note"], row["params"], {"framework": Digits.framework}) as active:
        log_data(data)
        model = Digits(**row["params"])
        lost = train(model, data, row["params"]["epochs"])
        mlflow.log_param("weights", model.weights())
        if lost is not None:
            fail(active.info.run_id, f"train_loss is NaN since epoch {lost}")
            return
        onnx_model = model.to_onnx()
        metrics = evaluate(onnx_model, data["test"])
        print(f"{row['name']}: test accuracy {metrics['test_accuracy']:.3f}")
        if row["name"] == LINEAR:
            publish(onnx_model, options.model, "Softmax regression on the pixels", metrics, "float32")
        if row["name"] == NETWORK:
            network = "convolutional network" if Digits.framework == "torch" else "perceptron"
            publish(onnx_model, options.model, f"Small {network}", metrics, "float32", ("champion",))
            if not options.quick:
                quantised_runs(onnx_model, row["params"], data, options)


def quantised_runs(onnx_model, params: dict, data: dict[str, Split], options) -> None:
    """Runs inside the network's own that store its weights in int8."""
    from digits_quantise import quantise

    for name, factor, aliases, note, what in QUANTISED:
        settings = {"precision": "int8", "calibration_images": 200, "calibration_max": factor}
        with run(name, note, {**params, **settings}, {"framework": "onnxruntime"}, nested=True):
            log_data(data)
            smaller = quantise(onnx_model, data["training"].images[:200] * np.float32(factor))
            metrics = evaluate(smaller, data["test"])
            mlflow.log_metrics({"onnx_bytes": smaller.ByteSize(), "onnx_bytes_float32": onnx_model.ByteSize()})
            publish(smaller, options.model, what, metrics, "int8", aliases)


def main() -> None:
    """Train all planned runs."""
    options = arguments(__doc__.splitlines()[0], "digits").parse_args()
    mlflow.set_experiment(options.experiment)
    data = load()
    for row in runs(options.quick):
        one_run(row, data, options)
    describe_model(
        options.model, "Reads one handwritten digit.", {"task": "image-classification", "licence": "CC BY 4.0"}
    )


if __name__ == "__main__":
    main()
