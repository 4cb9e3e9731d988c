"""The scripts of the job templates that come with Leeway, as their jobs run them: killed, resumed, and beside a version's file."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import mlflow
import onnx
import pytest
from mlflow import MlflowClient

ROOT = Path(__file__).parents[2]
READY = ROOT / "server/improve/training/templates/ready"
DIGITS = ROOT / "server/roles/demo/data/digits/models/digits-v2.onnx"


@pytest.fixture
def store(tmp_path):
    """An empty tracking server, which is a file."""
    return f"sqlite:///{tmp_path}/mlflow.db"


def started(script: Path, folder: Path, store: str, **parameters) -> subprocess.Popen:
    """The script with what the wrapper sets."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoints").mkdir(exist_ok=True)
    (folder / "parameters.json").write_text(json.dumps(parameters))
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "LEEWAY_"))}
    own = {
        "MLFLOW_TRACKING_URI": store,
        "LEEWAY_PARAMS": str(folder / "parameters.json"),
        "LEEWAY_CHECKPOINT_DIR": str(folder / "checkpoints"),
        "LEEWAY_SEED": "7",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.Popen([sys.executable, str(script)], cwd=folder, env=env | own, stdout=subprocess.PIPE, text=True)


def finished(*arguments, **parameters) -> None:
    """Run a script to its end."""
    process = started(*arguments, **parameters)
    output, _ = process.communicate(timeout=240)
    assert process.returncode == 0, output


def last_run(store: str):
    """The newest run that has finished, and its model."""
    client = MlflowClient(store, store)
    [run, *_] = client.search_runs(["0"], "status = 'FINISHED'", order_by=["start_time DESC"])
    [model] = client.search_logged_models(["0"], f"source_run_id = '{run.info.run_id}'")
    # Not set_tracking_uri, which would hold for the tests that follow.
    path = mlflow.artifacts.download_artifacts(model.artifact_location, tracking_uri=store)
    return run.data.metrics, onnx.load(f"{path}/model.onnx")


@pytest.mark.parametrize(
    ("template", "parameters"),
    [("digits", {"epochs": 8, "hidden": 32}), ("flights", {"epochs": 6, "rows": 20000})],
)
def test_a_script_that_is_killed_goes_on_and_ends_bit_equal(template, parameters, tmp_path, store):
    script = READY / template / "train.py"
    finished(script, tmp_path / "straight", store, **parameters)
    metrics, straight = last_run(store)
    process = started(script, tmp_path / "killed", store, **parameters)
    checkpoints = tmp_path / "killed/checkpoints"
    deadline = time.monotonic() + 120
    while not list(checkpoints.glob("step-*")) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = sorted(file.name for file in checkpoints.glob("step-*"))
    assert kept
    finished(script, tmp_path / "killed", store, **parameters)
    again, resumed = last_run(store)
    assert resumed.SerializeToString() == straight.SerializeToString()
    assert {name: again[name] for name in metrics} == metrics


def test_a_version_is_quantised_and_compared(tmp_path, store):
    folder = tmp_path / "package"
    folder.mkdir()
    shutil.copy(READY / "quantise/quantise.py", folder)
    shutil.copy(DIGITS, folder / "model.onnx")
    finished(folder / "quantise.py", folder, store)
    metrics, quantised = last_run(store)
    assert metrics["size_bytes"] < 0.5 * metrics["size_bytes_before"]
    assert metrics["accuracy"] >= metrics["accuracy_before"] - 0.02
    assert metrics["agreement"] > 0.97
    assert {node.op_type for node in quantised.graph.node} >= {"QuantizeLinear", "DequantizeLinear"}


def test_a_small_model_learns_from_a_large_one(tmp_path, store):
    finished(READY / "distil/distil.py", tmp_path, store, epochs=20, large_hidden=128)
    metrics, small = last_run(store)
    assert metrics["accuracy"] > 0.93
    assert metrics["accuracy_large"] > 0.95
    assert sum(len(one.raw_data) for one in small.graph.initializer) < 6_000
