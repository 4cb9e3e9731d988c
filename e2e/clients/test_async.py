"""Requests that are answered later, as any HTTP client makes them: submit, poll, fetch, and check the webhook's signature.

The receiver of webhooks runs here, and needs nothing but the standard library.
"""

import json
import time
from uuid import uuid4

import numpy as np
import onnx
import pytest
import requests
from onnx import TensorProto, helper
from webhook_receiver import Receiver, is_genuine

INPUT = {"name": "x", "datatype": "FP32", "shape": [2, 3], "data": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}


def build_model() -> bytes:
    """y = x + x."""
    shape = ["N", 3]
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        "doubler",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def about(receiver: Receiver, task: str) -> list[tuple[dict[str, str], bytes]]:
    """What was sent about a task."""
    return [(headers, body) for headers, body in receiver.received if json.loads(body)["data"]["id"] == task]


@pytest.fixture(scope="module")
def receiver():
    receiver = Receiver(failures=1)
    yield receiver
    receiver.close()


@pytest.fixture(scope="module")
def endpoint(leeway) -> str:
    name = f"doubler-{uuid4().hex[:8]}"
    headers = {"Authorization": f"Bearer {leeway.token}", "Content-Type": "application/octet-stream"}
    address = f"{leeway.url}/api/v1/models/{name}/versions"
    answer = requests.post(address, data=build_model(), headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text
    leeway.post("endpoints", {"name": name})
    leeway.post(f"endpoints/{name}/deployments", {"model": name, "version": 1, "reason": "client test"})
    leeway.await_serving(name)
    return name


def ask(leeway, method: str, path: str, **options) -> requests.Response:
    headers = {"Authorization": f"Bearer {leeway.token}"} | options.pop("headers", {})
    return requests.request(method, f"{leeway.gateway}/v2/{path}", headers=headers, timeout=60, **options)


def submit(leeway, endpoint: str, headers=None, body=None) -> requests.Response:
    return ask(leeway, "POST", f"models/{endpoint}/tasks", json=body or {"inputs": [INPUT]}, headers=headers or {})


def wait(leeway, task: str, seconds: float = 60) -> dict:
    """Poll until the task has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = ask(leeway, "GET", f"tasks/{task}").json()
        if state["state"] not in ("queued", "running"):
            return state
        time.sleep(0.1)
    raise AssertionError(f"The task did not end within {seconds:.0f} s: {state}")


def test_submitted_polled_and_fetched(leeway, endpoint):
    accepted = submit(leeway, endpoint)
    assert accepted.status_code == 202, accepted.text
    task = accepted.json()
    assert accepted.headers["Location"] == f"/v2/tasks/{task['id']}"
    ended = wait(leeway, task["id"])
    assert (ended["state"], ended["attempts"], ended["model_version"]) == ("succeeded", 1, "1")
    headers = {"Authorization": f"Bearer {leeway.token}"}
    result = requests.get(ended["result_url"], headers=headers, timeout=60).json()
    assert result["outputs"][0]["data"] == [2 * value for value in INPUT["data"]]


def test_the_same_key_is_the_same_task(leeway, endpoint):
    key = {"Idempotency-Key": str(uuid4())}
    first = submit(leeway, endpoint, key).json()["id"]
    assert submit(leeway, endpoint, key).json()["id"] == first
    other = submit(leeway, endpoint, key, {"inputs": [INPUT | {"data": [0.0] * 6}]})
    assert other.status_code == 409
    assert "already used for a different request" in other.json()["error"]


def test_a_large_request_is_uploaded_first(leeway, endpoint):
    rows = 100_000
    values = np.random.default_rng(1).standard_normal((rows, 3)).astype(np.float32)
    header = json.dumps(
        {
            "inputs": [
                {"name": "x", "datatype": "FP32", "shape": [rows, 3], "parameters": {"binary_data_size": values.nbytes}}
            ],
            "outputs": [{"name": "y", "parameters": {"binary_data": True}}],
        }
    ).encode()

    def chunks():
        yield header
        yield values.tobytes()

    upload = ask(leeway, "POST", "task-inputs", data=chunks())
    assert upload.status_code == 201, upload.text
    assert upload.json()["size"] == len(header) + values.nbytes
    headers = {"Leeway-Input": upload.json()["id"], "Inference-Header-Content-Length": str(len(header))}
    task = ask(leeway, "POST", f"models/{endpoint}/tasks", headers=headers).json()["id"]
    assert wait(leeway, task)["state"] == "succeeded"
    result = ask(leeway, "GET", f"tasks/{task}/result")
    tail = result.content[int(result.headers["Inference-Header-Content-Length"]) :]
    np.testing.assert_array_equal(np.frombuffer(tail, np.float32).reshape(rows, 3), 2 * values)


def test_the_webhook_is_signed_and_sent_again_under_the_same_id(leeway, endpoint, receiver):
    secret = leeway.call("PUT", f"endpoints/{endpoint}/task-webhook", json={"url": None}).json()["secret"]
    task = submit(leeway, endpoint, {"Leeway-Webhook-Url": receiver.url}).json()["id"]
    deadline = time.monotonic() + 90
    while len(about(receiver, task)) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
    first, second = about(receiver, task)
    assert first[0]["X-MLflow-Delivery-Id"] == second[0]["X-MLflow-Delivery-Id"]
    for headers, body in (first, second):
        assert is_genuine(secret, headers, body)
    assert not is_genuine("whsec_guessed", *second)
    assert not is_genuine(secret, second[0], second[1].replace(b"succeeded", b"failed"))
    assert not is_genuine(secret, second[0] | {"X-MLflow-Timestamp": str(int(time.time()) - 600)}, second[1])
    event = json.loads(second[1])
    assert (event["entity"], event["action"], event["data"]["model_name"]) == ("task", "succeeded", endpoint)
    headers = {"Authorization": f"Bearer {leeway.token}"}
    assert requests.get(event["data"]["result_url"], headers=headers, timeout=60).json()["model_name"] == endpoint


def test_a_bad_request_is_a_dead_letter_that_is_tried_anew(leeway, endpoint):
    task = submit(leeway, endpoint, body={"inputs": [INPUT | {"name": "wrong"}]}).json()["id"]
    ended = wait(leeway, task)
    assert (ended["state"], ended["error_status"], ended["attempts"]) == ("failed", 400, 1)
    assert "'x' is missing" in ended["error"]
    dead = leeway.get(f"endpoints/{endpoint}/tasks", state="failed")["tasks"]
    assert task in [each["id"] for each in dead]
    assert leeway.post(f"endpoints/{endpoint}/redrives", {"reason": "fixed"})["redriven"] >= 1
    assert wait(leeway, task)["state"] == "failed"


def test_a_full_backlog_says_when_to_come_back(leeway, endpoint):
    settings = leeway.get(f"endpoints/{endpoint}/task-settings")
    name = f"{endpoint}-nowhere"
    leeway.post("endpoints", {"name": name})
    leeway.post(f"endpoints/{name}/deployments", {"model": endpoint, "version": 1, "reason": "client test"})
    leeway.await_serving(name)
    leeway.call("PUT", f"endpoints/{name}/task-settings", json=settings | {"backlogLimit": 1})
    refusals = [answer for answer in (submit(leeway, name) for _ in range(30)) if answer.status_code != 202]
    for refusal in refusals:
        assert (refusal.status_code, refusal.headers["Retry-After"]) == (503, "10")
        assert "The queue is full (limit 1)" in refusal.json()["error"]
    backlog = leeway.get(f"endpoints/{name}/backlog")
    assert (backlog["limit"], backlog["queued"] + backlog["running"] <= 1) == (1, True)


def test_a_task_is_cancelled(leeway, endpoint):
    task = submit(leeway, endpoint).json()["id"]
    answer = ask(leeway, "POST", f"tasks/{task}/cancellation")
    # It may have been quicker.
    assert (answer.status_code, wait(leeway, task)["state"]) in [(200, "cancelled"), (409, "succeeded")]
