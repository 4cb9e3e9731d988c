"""What both training scripts share: runs, notes, commits and registered ONNX models."""

import argparse
import contextlib
import json
import shutil
import subprocess
from pathlib import Path

import mlflow
from mlflow.tracking import MlflowClient


def arguments(description: str, experiment: str) -> argparse.ArgumentParser:
    """A parser with the options that every training script has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="two small runs, a few seconds: for tests")
    parser.add_argument("--experiment", default=experiment, help="name of the experiment")
    parser.add_argument("--model", default=experiment, help="name of the registered model")
    return parser


def git_commit() -> str:
    """The commit of the code that trains, or `unknown` outside a repository and without git."""
    if shutil.which("git") is None:
        return "unknown"
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else "unknown"


@contextlib.contextmanager
def run(name: str, note: str, params: dict, tags: dict | None = None, nested: bool = False):
    """A run with its name, note, commit and params; an exception ends it as FAILED."""
    described = {"mlflow.note.content": note, "mlflow.source.git.commit": git_commit(), **(tags or {})}
    with mlflow.start_run(run_name=name, tags=described, nested=nested) as active:
        mlflow.log_params(params)
        yield active


def fail(run_id: str, reason: str) -> None:
    """End the run as FAILED, with the reason as a tag."""
    MlflowClient().set_tag(run_id, "failure_reason", reason)
    mlflow.end_run("FAILED")


def register(onnx_model, name: str, signature, description: str, tags: dict, aliases: tuple[str, ...] = ()) -> str:
    """Log the ONNX model to the active run, register it and return its version."""
    info = mlflow.onnx.log_model(
        onnx_model,
        name="model",
        signature=signature,
        registered_model_name=name,
        pip_requirements=["onnx", "onnxruntime"],  # given, so that MLflow does not start a process to guess them
        save_as_external_data=False,  # one file, as ONNX Runtime in Node reads it
    )
    client = MlflowClient()
    version = str(info.registered_model_version)
    client.update_model_version(name, version, description)
    for key, value in tags.items():
        client.set_model_version_tag(name, version, key, value)
    for alias in aliases:
        client.set_registered_model_alias(name, alias, version)
    return version


def describe_model(name: str, description: str, tags: dict) -> None:
    """Set what people read on the registered model's page."""
    client = MlflowClient()
    client.update_registered_model(name, description=description)
    for key, value in tags.items():
        client.set_registered_model_tag(name, key, value)


def set_metadata(onnx_model, **entries) -> None:
    """Write JSON entries such as `labels` to the model's metadata, in place of older ones."""
    kept = {prop.key: prop.value for prop in onnx_model.metadata_props}
    kept.update({key: json.dumps(value) for key, value in entries.items()})
    del onnx_model.metadata_props[:]
    for key, value in kept.items():
        onnx_model.metadata_props.add(key=key, value=value)
