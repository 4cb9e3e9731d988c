"""One model's way: trained in Python, tracked, registered, deployed over REST, called by two industry clients.

Runs the project's own training scripts, unchanged, with the unmodified MLflow client.
"""

import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
import onnxruntime
import pytest
import requests
import tritonclient.http as triton
from mlflow import MlflowClient

TRAINING = Path(__file__).parent / "training"
TOLERANCE = 1e-5


def train(script: str, name: str) -> None:
    """Run a training script the way a person does."""
    command = [sys.executable, script, "--quick", "--experiment", name, "--model", name]
    done = subprocess.run(command, cwd=TRAINING, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def await_servable(leeway, name: str, version: str) -> dict:
    """Wait until the worker has opened the model file."""
    for _ in range(120):
        found = leeway.get(f"models/{name}/versions/{version}")
        if found["inspection"] != "pending":
            assert found["inspection"] == "servable", found
            return found
        time.sleep(0.5)
    raise AssertionError("The version was not inspected within a minute.")


def deploy(leeway, name: str, version: str) -> None:
    """Make an endpoint that serves the version."""
    leeway.post("endpoints", {"name": name, "captureShare": 1})
    leeway.post(f"endpoints/{name}/deployments", {"model": name, "version": int(version), "reason": "journey"})
    leeway.await_serving(name)


def by_triton(gateway: str, token: str, name: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Call the endpoint with tritonclient, JSON both ways."""
    client = triton.InferenceServerClient(gateway.removeprefix("http://"))
    tensors = []
    for key, value in inputs.items():
        tensor = triton.InferInput(key, list(value.shape), "BYTES" if value.dtype == object else "FP32")
        tensor.set_data_from_numpy(value, binary_data=False)
        tensors.append(tensor)
    wanted = [triton.InferRequestedOutput("probabilities", binary_data=False)]
    answer = client.infer(name, tensors, outputs=wanted, headers={"Authorization": f"Bearer {token}"})
    return answer.as_numpy("probabilities")


def by_requests(gateway: str, token: str, name: str, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Call the endpoint with nothing but HTTP."""
    body = {
        "inputs": [
            {
                "name": key,
                "datatype": "BYTES" if value.dtype == object else "FP32",
                "shape": list(value.shape),
                "data": value.ravel().tolist(),
            }
            for key, value in inputs.items()
        ]
    }
    answer = requests.post(
        f"{gateway}/v2/models/{name}/infer", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert answer.status_code == 200, answer.text
    (output,) = [one for one in answer.json()["outputs"] if one["name"] == "probabilities"]
    return np.array(output["data"], np.float32).reshape(output["shape"])


def digits(rows: int) -> dict[str, np.ndarray]:
    """Random images."""
    return {"image": np.random.default_rng(7).random((rows, 1, 8, 8)).astype(np.float32)}


def flights(rows: int) -> dict[str, np.ndarray]:
    """Flights of two carriers from two airports."""
    numbers = {
        "departure_delay": 12.0,
        "distance": 733.0,
        "hour": 9.0,
        "weekday": 3.0,
        "temperature": 41.0,
        "wind_speed": 8.0,
        "precipitation": 0.0,
        "visibility": 10.0,
    }
    words = {"carrier": ["UA", "B6"], "origin": ["EWR", "JFK"]}
    columns = {key: np.full((rows, 1), value, np.float32) for key, value in numbers.items()}
    return columns | {
        key: np.array([[values[row % 2]] for row in range(rows)], object) for key, values in words.items()
    }


@pytest.mark.parametrize(
    ("script", "rows"), [("train_digits.py", digits), ("train_flight_delay.py", flights)], ids=["digits", "flight-delay"]
)
def test_a_model_goes_from_a_training_script_to_equal_predictions(leeway, tmp_path, script, rows):
    name = f"journey-{uuid4().hex[:8]}"
    train(script, name)

    client = MlflowClient()
    experiment = client.get_experiment_by_name(name)
    runs = client.search_runs([experiment.experiment_id])
    assert len(runs) >= 2
    assert any(run.inputs.dataset_inputs for run in runs)
    assert all(run.data.params and run.data.metrics for run in runs)

    version = max(client.search_model_versions(f"name = '{name}'"), key=lambda found: int(found.version))
    found = await_servable(leeway, name, version.version)
    assert [output["name"] for output in found["signature"]["outputs"]] == ["probabilities"]

    deploy(leeway, name, version.version)
    inputs = rows(5)
    file = tmp_path / "model.onnx"
    file.write_bytes(leeway.download(f"models/{name}/versions/{version.version}/file"))
    (expected,) = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"]).run(["probabilities"], inputs)
    for call in (by_triton, by_requests):
        answer = call(leeway.gateway, leeway.token, name, inputs)
        np.testing.assert_allclose(answer, expected, atol=TOLERANCE, rtol=0)
