"""Artifacts in a bucket, on a real server of the S3 protocol: the store itself, and Leeway as MLflow's client uses it."""

import hashlib
import os
import subprocess
import threading
import time
from pathlib import Path

import boto3
import mlflow
import numpy as np
import onnx
import pytest
import requests
from bucket import CREDENTIALS, ROOT, bucket_server, free_port, leeway_with, resident_mb, role_process
from conftest import Leeway
from mlflow import MlflowClient
from onnx import TensorProto, helper, numpy_helper

MEBIBYTE = 2**20
LARGE_MB = 320
# What waits for the collector while the file passes by varies by tens of MiB; a role that held the file would grow by all of it.
ALLOWED_MB = LARGE_MB / 2


@pytest.fixture(scope="module")
def bucket_url():
    with bucket_server() as url:
        yield url


@pytest.fixture(scope="module")
def stack(bucket_url):
    with leeway_with(bucket_url) as started:
        yield started


@pytest.fixture
def client(stack, monkeypatch) -> MlflowClient:
    """MLflow's client, pointed at the Leeway with the bucket."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", stack["url"])
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", stack["token"])
    mlflow.set_tracking_uri(stack["url"])
    yield MlflowClient(stack["url"])
    mlflow.set_tracking_uri(None)


@pytest.fixture
def rest(stack) -> Leeway:
    return Leeway(url=stack["url"], token=stack["token"], gateway=stack["gateway"])


@pytest.fixture
def run_id(client) -> str:
    return client.create_run("0").info.run_id


@pytest.fixture(scope="module")
def large(tmp_path_factory) -> Path:
    """A file of random bytes, so that nothing on the way can make it smaller."""
    path = tmp_path_factory.mktemp("large") / "large.bin"
    with path.open("wb") as file:
        for _ in range(LARGE_MB // 16):
            file.write(os.urandom(16 * MEBIBYTE))
    return path


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Watch:
    """Looks at the memory of a process while something goes on."""

    def __init__(self, pid: int):
        self.pid = pid
        self.before = self.most = resident_mb(pid)
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self) -> None:
        while not self.is_over.wait(0.05):
            self.most = max(self.most, resident_mb(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    @property
    def grown(self) -> float:
        return self.most - self.before


def test_the_store_keeps_the_contract_of_every_store(bucket_url):
    environment = {**os.environ, **CREDENTIALS, "LEEWAY_TEST_S3": bucket_url}
    command = ["vitest", "run", "--project", "bucket"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_files_of_a_run_are_logged_listed_read_and_deleted(client, run_id, bucket_url, tmp_path):
    client.log_text(run_id, "hello", "notes/größe 100%.txt")
    client.log_dict(run_id, {"a": 1}, "config.json")
    assert [item.path for item in client.list_artifacts(run_id)] == ["config.json", "notes"]
    path = client.download_artifacts(run_id, "notes", str(tmp_path))
    assert (Path(path) / "größe 100%.txt").read_text() == "hello"
    keys = {name.lower(): value for name, value in CREDENTIALS.items()}
    bucket = boto3.client("s3", endpoint_url=bucket_url, region_name="us-east-1", **keys)
    stored = [item["Key"] for item in bucket.list_objects_v2(Bucket="leeway", Prefix="some/prefix/")["Contents"]]
    assert any(key.endswith(f"/0/{run_id}/artifacts/config.json") for key in stored)


def test_a_large_file_passes_through_with_bounded_memory(client, stack, run_id, large, tmp_path):
    web = role_process(stack["pid"], "web")
    with Watch(web) as upload:
        client.log_artifact(run_id, str(large))
    with Watch(web) as download:
        path = client.download_artifacts(run_id, "large.bin", str(tmp_path))
    assert digest(Path(path)) == digest(large)
    print(f"{LARGE_MB} MiB: memory of web grew by {upload.grown:.0f} MiB up, {download.grown:.0f} MiB down")
    assert upload.grown < ALLOWED_MB
    assert download.grown < ALLOWED_MB


def test_a_broken_download_goes_on_where_it_stopped(client, rest, run_id):
    client.log_text(run_id, "0123456789", "digits.txt")
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{run_id}/artifacts/digits.txt"
    whole = rest.mlflow("GET", path)
    rest_of_it = rest.mlflow("GET", path, headers={"Range": "bytes=4-", "If-Range": whole.headers["ETag"]})
    assert (rest_of_it.status_code, rest_of_it.text) == (206, "456789")
    assert rest.mlflow("GET", path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_parts_go_to_the_bucket_and_not_through_leeway(client, stack, run_id, large, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", str(32 * MEBIBYTE))
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "true")
    web = role_process(stack["pid"], "web")
    with Watch(web) as watch:
        client.log_artifact(run_id, str(large), "deep/er")
        path = client.download_artifacts(run_id, "deep/er/large.bin", str(tmp_path))
    assert digest(Path(path)) == digest(large)
    assert watch.grown < 40


def test_multipart_is_refused_where_it_should_be(rest, run_id):
    base = "/api/2.0/mlflow-artifacts/mpu"
    folder = f"0/{run_id}/artifacts"
    made = rest.mlflow("POST", f"{base}/create/{folder}", json={"path": "C:\\data\\x.bin", "num_parts": 2}).json()
    assert [one["part_number"] for one in made["credentials"]] == [1, 2]
    assert f"/{folder}/x.bin" in made["credentials"][0]["url"]
    etag = requests.put(made["credentials"][0]["url"], data=b"x", timeout=10).headers["ETag"]
    ending = {"path": "x.bin", "upload_id": made["upload_id"]}
    parts = [{"part_number": number, "etag": etag, "url": "u"} for number in (1, 2)]
    refused = rest.mlflow("POST", f"{base}/complete/{folder}", json={**ending, "parts": parts})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert rest.mlflow("POST", f"{base}/abort/{folder}", json=ending).json() == {}
    again = rest.mlflow("POST", f"{base}/complete/{folder}", json={**ending, "parts": parts[:1]})
    assert again.status_code == 404
    for wrong in ({"num_parts": 2}, {"path": "x", "num_parts": 0}, {"path": "..", "num_parts": 1}):
        assert rest.mlflow("POST", f"{base}/create/{folder}", json=wrong).status_code == 400
    assert rest.mlflow("POST", f"{base}/create/0/not-a-run/artifacts", json={"path": "x", "num_parts": 1}).status_code == 404
    assert rest.mlflow("GET", f"/api/2.0/mlflow-artifacts/presigned/{folder}/none").status_code == 404


def test_a_model_with_weights_in_a_second_file_is_served_from_the_bucket(client, rest, run_id, tmp_path):
    weights = numpy_helper.from_array(np.arange(2000, dtype=np.float32).reshape(2, 1000), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1000])],
        [weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "model.onnx"
    onnx.save_model(model, str(path), save_as_external_data=True, location="weights.bin", size_threshold=0)
    client.log_artifacts(run_id, str(tmp_path), "model")
    client.create_registered_model("bucket-matmul")
    version = client.create_model_version("bucket-matmul", f"runs:/{run_id}/model", run_id)
    await_servable(rest, "bucket-matmul", int(version.version))
    rest.post("endpoints", {"name": "bucket-matmul"})
    deployment = {"model": "bucket-matmul", "version": 1, "reason": "first"}
    rest.post("endpoints/bucket-matmul/deployments", deployment)
    rest.await_serving("bucket-matmul")
    answer = requests.post(
        f"{rest.gateway}/v2/models/bucket-matmul/infer",
        headers={"Authorization": f"Bearer {rest.token}"},
        json={"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]},
        timeout=30,
    ).json()
    assert answer["outputs"][0]["data"][:2] == [2000.0, 2003.0]


def await_servable(rest: Leeway, model: str, version: int) -> None:
    """Wait until the worker has looked at a version."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = rest.get(f"models/{model}/versions/{version}")
        if found["inspection"] != "pending":
            assert found["inspection"] == "servable", found
            return
        time.sleep(0.2)
    raise AssertionError("The version was not looked at within a minute.")


def test_a_wrong_bucket_stops_the_start_by_name(bucket_url, tmp_path):
    settings = {
        **os.environ,
        **CREDENTIALS,
        "DATA_DIR": str(tmp_path),
        "ARTIFACT_URL": "s3://not-there",
        "S3_ENDPOINT": bucket_url,
        **{name: str(free_port()) for name in ("PORT", "GATEWAY_PORT", "WORKER_PORT", "FEAST_PORT")},
    }
    done = subprocess.run(["node", "server/main.ts"], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert 'ARTIFACT_URL: the bucket "not-there" does not exist' in done.stdout + done.stderr
