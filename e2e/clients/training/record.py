"""Export an experiment and its registered model from a tracking server, so that the demo can replay them.

python record.py digits ../../../server/roles/demo/data/digits (the name is the experiment's and the model's).
"""

import argparse
import json
import math
import shutil
from pathlib import Path

import mlflow
import yaml
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

# Tags that name things on the recording server: a replay makes its own.
LEFT_OUT = ("mlflow.runName", "mlflow.parentRunId", "mlflow.user", "mlflow.log-model.history")


def number(value: float) -> float | str:
    """Six significant digits; what JSON cannot say as text, in MLflow's words."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return float(f"{value:.6g}")


def metrics(client: MlflowClient, run: Run) -> list[dict]:
    """Every metric's points: step, value, milliseconds since the run's start."""
    start = run.info.start_time
    histories = {key: client.get_metric_history(run.info.run_id, key) for key in sorted(run.data.metrics)}
    return [
        {"key": key, "points": [[point.step, number(point.value), point.timestamp - start] for point in history]}
        for key, history in histories.items()
    ]


def datasets(run: Run) -> list[dict]:
    """The run's dataset inputs; source, schema and profile stay the JSON texts that the client sent."""
    return [
        {
            "name": logged.dataset.name,
            "digest": logged.dataset.digest,
            "sourceType": logged.dataset.source_type,
            "source": logged.dataset.source,
            "schema": logged.dataset.schema,
            "profile": logged.dataset.profile,
            "tags": {tag.key: tag.value for tag in logged.tags},
        }
        for logged in run.inputs.dataset_inputs
    ]


def artifacts(client: MlflowClient, run: Run, folder: Path) -> list[dict]:
    """Copy the run's artifact files, logged models aside; their paths in the run and under `folder`."""
    paths = [entry.path for entry in client.list_artifacts(run.info.run_id) if not entry.is_dir]
    target = folder / "artifacts" / run.info.run_name
    target.mkdir(parents=True)
    for path in paths:
        client.download_artifacts(run.info.run_id, path, str(target))
    return [{"path": path, "file": f"artifacts/{run.info.run_name}/{path}"} for path in paths]


def version(client: MlflowClient, name: str, entry, folder: Path, run_names: dict[str, str]) -> dict:
    """Copy a version's ONNX file; what the registry says of it."""
    logged = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/{entry.version}"))
    file = f"models/{name}-v{entry.version}.onnx"
    (folder / "models").mkdir(exist_ok=True)
    shutil.copyfile(logged / "model.onnx", folder / file)
    signature = yaml.safe_load((logged / "MLmodel").read_text())["signature"]
    return {
        "version": int(entry.version),
        "runName": run_names[entry.run_id],
        "file": file,
        "description": entry.description,
        "aliases": list(client.get_model_version(name, entry.version).aliases),
        "tags": entry.tags,
        "signature": {key: json.loads(signature[key]) for key in ("inputs", "outputs")},
    }


def record(name: str, folder: Path) -> dict:
    """Everything of one experiment and model; writes files and runs.json into `folder`."""
    client = MlflowClient()
    experiment = client.get_experiment_by_name(name)
    runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time"], max_results=1000)
    runs = [client.get_run(run.info.run_id) for run in runs]
    names = {run.info.run_id: run.info.run_name for run in runs}
    model = client.get_registered_model(name)
    versions = sorted(client.search_model_versions(f"name = '{name}'"), key=lambda entry: int(entry.version))
    recorded = {
        "experiment": name,
        "model": {"name": name, "description": model.description, "tags": model.tags},
        "runs": [
            {
                "name": run.info.run_name,
                "parent": names.get(run.data.tags.get("mlflow.parentRunId")),
                "status": run.info.status,
                "startTimeMs": run.info.start_time - runs[0].info.start_time,
                "durationMs": run.info.end_time - run.info.start_time,
                "params": run.data.params,
                "tags": {key: value for key, value in sorted(run.data.tags.items()) if key not in LEFT_OUT},
                "metrics": metrics(client, run),
                "datasets": datasets(run),
                "artifacts": artifacts(client, run, folder),
            }
            for run in runs
        ],
        "versions": [version(client, name, entry, folder, names) for entry in versions],
    }
    (folder / "runs.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")
    return recorded


def main() -> None:
    """Record into an emptied folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="name of the experiment and of the registered model")
    parser.add_argument("folder", type=Path, help="where runs.json, artifacts/ and models/ go")
    options = parser.parse_args()
    for part in ("artifacts", "models"):
        shutil.rmtree(options.folder / part, ignore_errors=True)
    options.folder.mkdir(parents=True, exist_ok=True)
    recorded = record(options.name, options.folder)
    print(f"{len(recorded['runs'])} runs and {len(recorded['versions'])} versions of {options.name}")


if __name__ == "__main__":
    main()
