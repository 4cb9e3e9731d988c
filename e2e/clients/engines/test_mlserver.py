"""Versions that a real MLServer runs behind Leeway's gateway: an ONNX model, and a scikit-learn model that Leeway cannot run itself."""

import os
import time
from pathlib import Path
from uuid import uuid4

import joblib
import numpy as np
import pytest
import requests
from mlserver_process import describe_model, mlserver
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).parents[3]
DIGITS = ROOT / "server/roles/demo/data/digits/models/digits-v2.onnx"
HEADERS = {"Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}"}

SKLEARN_TENSORS = {
    "inputs": [{"name": "x", "datatype": "FP64", "shape": [-1, 2]}],
    "outputs": [{"name": "predict", "datatype": "INT64", "shape": [-1]}],
}
# As MLflow writes it for a model that was logged with names.
MLMODEL = """flavors:
  sklearn:
    pickled_model: model.pkl
signature:
  inputs: '[{"type": "tensor", "name": "x", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}]'
  outputs: '[{"type": "tensor", "name": "predict", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
"""


def call(method: str, path: str, **options) -> dict:
    """Ask the REST or the MLflow interface; a refusal fails the test with its text."""
    answer = requests.request(method, f"{os.environ['LEEWAY_URL']}{path}", headers=HEADERS, timeout=60, **options)
    assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else {}


def infer(endpoint: str, inputs: list[dict]) -> requests.Response:
    """Ask the gateway."""
    url = f"{os.environ['LEEWAY_GATEWAY_URL']}/v2/models/{endpoint}/infer"
    return requests.post(url, headers=HEADERS, json={"inputs": inputs}, timeout=60)


def register(name: str, files: dict[str, bytes]) -> dict:
    """Upload files to a run and register them as version 1; what was found out about it."""
    run = call("POST", "/api/2.0/mlflow/runs/create", json={"experiment_id": "0", "start_time": 1})["run"]
    run_id = run["info"]["run_id"]
    for path, content in files.items():
        call("PUT", f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/model/{path}", data=content)
    call("POST", "/api/2.0/mlflow/registered-models/create", json={"name": name})
    source = {"name": name, "source": f"runs:/{run_id}/model", "run_id": run_id}
    call("POST", "/api/2.0/mlflow/model-versions/create", json=source)
    return wait_for(
        lambda: call("GET", f"/api/v1/models/{name}/versions/1"), lambda version: version["inspection"] != "pending"
    )


def deploy(name: str, engine: dict | None) -> str:
    """Put version 1 behind a new endpoint."""
    endpoint = f"{name}-{uuid4().hex[:6]}"
    call("POST", "/api/v1/endpoints", json={"name": endpoint})
    deployment = {"model": name, "version": 1, **({"engine": engine} if engine else {})}
    call("POST", f"/api/v1/endpoints/{endpoint}/deployments", json=deployment)
    return endpoint


def wait_for(read, holds, seconds: float = 60):
    """Read again until something holds; what was read."""
    deadline = time.monotonic() + seconds
    while True:
        value = read()
        if holds(value):
            return value
        assert time.monotonic() < deadline, f"After {seconds:.0f} s: {value}"
        time.sleep(0.2)


def await_state(endpoint: str, kind: str) -> str:
    """Wait until the endpoint is in a state; its message."""
    found = wait_for(
        lambda: call("GET", f"/api/v1/endpoints/{endpoint}"), lambda shown: shown["serving"]["kind"] == kind
    )
    return found["serving"]["message"]


@pytest.fixture(scope="module")
def digits() -> dict:
    """The demo's model of digits, registered; its version."""
    version = register(f"digits-{uuid4().hex[:6]}", {"model.onnx": DIGITS.read_bytes()})
    assert version["inspection"] == "servable", version
    return version


def on_wire(specs: list[dict]) -> list[dict]:
    """Tensors of a signature as metadata has them: a free dimension is -1."""
    shapes = [[size if isinstance(size, int) else -1 for size in spec["shape"]] for spec in specs]
    return [{**spec, "shape": shape} for spec, shape in zip(specs, shapes, strict=True)]


@pytest.fixture(scope="module")
def server(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlserver")
    tensors = {side: on_wire(digits["signature"][side]) for side in ("inputs", "outputs")}
    onnx = {"implementation": "onnx_model.OnnxModel", "parameters": {"uri": str(DIGITS)}}
    describe_model(folder, "digits", {**onnx, **tensors})
    wrong = [{**tensors["inputs"][0], "datatype": "FP64"}]
    describe_model(folder, "doubles", {**onnx, **tensors, "inputs": wrong})
    path = folder / "points.joblib"
    joblib.dump(LogisticRegression().fit([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 1, 1, 1]), path)
    sklearn = {"implementation": "mlserver_sklearn.SKLearnModel", "parameters": {"uri": str(path)}}
    describe_model(folder, "points", {**sklearn, **SKLEARN_TENSORS})
    with mlserver(folder) as url:
        yield url


def test_an_onnx_model_answers_as_it_does_here(digits, server):
    remote = deploy(digits["modelName"], {"url": server, "model": "digits"})
    local = deploy(digits["modelName"], None)
    for endpoint in (remote, local):
        await_state(endpoint, "serving")
    [spec] = on_wire(digits["signature"]["inputs"])
    shape = [3, *spec["shape"][1:]]
    values = np.random.default_rng(7).random(shape).flatten().tolist()
    tensor = {"name": spec["name"], "datatype": spec["datatype"], "shape": shape, "data": values}
    there, here = (infer(endpoint, [tensor]).json() for endpoint in (remote, local))
    assert there["parameters"]["provider"] == "remote mlserver"
    for one, other in zip(there["outputs"], here["outputs"], strict=True):
        assert (one["name"], one["datatype"], one["shape"]) == (other["name"], other["datatype"], other["shape"])
        np.testing.assert_allclose(one["data"], other["data"], rtol=1e-5, atol=1e-6)
    loaded = wait_for(
        lambda: call("GET", f"/api/v1/endpoints/{remote}")["gateways"][0]["versions"][0],
        lambda version: version["engine"]["tries"] >= 2,
    )
    # MLServer does not offer the binary extension, so that tensors travel as JSON.
    assert (loaded["engine"]["name"], loaded["engine"]["isBinary"]) == ("mlserver", False)


def test_a_model_that_leeway_cannot_run_serves_by_its_signature(server):
    name = f"points-{uuid4().hex[:6]}"
    version = register(name, {"MLmodel": MLMODEL.encode(), "model.pkl": b"kept by MLServer"})
    assert version["inspection"] == "unservable"
    endpoint = deploy(name, {"url": server, "model": "points"})
    await_state(endpoint, "serving")
    tensor = {"name": "x", "datatype": "FP64", "shape": [2, 2], "data": [0, 0, 1, 1]}
    [output] = infer(endpoint, [tensor]).json()["outputs"]
    assert (output["name"], output["datatype"], output["shape"]) == ("predict", "INT64", [2])
    assert output["data"][1] == 1
    refused = infer(endpoint, [{**tensor, "shape": [2, 3], "data": [0] * 6}])
    assert refused.status_code == 400
    assert "expected shape [-1,2]" in refused.json()["error"]


def test_what_differs_is_said_and_nothing_is_served(digits, server):
    endpoint = deploy(digits["modelName"], {"url": server, "model": "doubles"})
    message = await_state(endpoint, "failed")
    assert "is FP32 in the version but FP64 on the engine" in message
    endpoint = deploy(digits["modelName"], {"url": server, "model": "none"})
    assert "failed with status 404" in await_state(endpoint, "failed")


def test_an_engine_that_ends_is_told_as_unavailable(digits, tmp_path):
    onnx = {"implementation": "onnx_model.OnnxModel", "parameters": {"uri": str(DIGITS)}}
    describe_model(tmp_path, "digits", onnx)
    with mlserver(tmp_path) as url:
        endpoint = deploy(digits["modelName"], {"url": url, "model": "digits"})
        await_state(endpoint, "serving")
    [spec] = on_wire(digits["signature"]["inputs"])
    shape = [1, *spec["shape"][1:]]
    tensor = {"name": spec["name"], "datatype": spec["datatype"], "shape": shape, "data": [0] * int(np.prod(shape))}
    answer = infer(endpoint, [tensor])
    assert (answer.status_code, "unreachable" in answer.text) == (503, True)
    assert int(answer.headers["Retry-After"]) >= 1
