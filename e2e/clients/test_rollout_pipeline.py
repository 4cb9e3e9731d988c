"""The pipeline script of docs/roll-out.md with a rollout: it waits for the verdict under real traffic, and a webhook receives each step."""

import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
import onnx
import pytest
import requests
from onnx import TensorProto, helper, numpy_helper
from webhook_receiver import Receiver, is_genuine

SCRIPT = Path(__file__).parent / "pipeline.sh"
SECRET = "whsec_of_the_rollouts"
PLAN = {
    "steps": [
        {"weight": 0.25, "minSeconds": 2, "maxSeconds": 600, "minUnits": 30},
        {"weight": 0.5, "minSeconds": 2, "maxSeconds": 600, "minUnits": 30},
    ],
    # An endpoint without a record is watched for minutes until ratios prove something; that errors are few is proved in seconds.
    "guardrails": [{"metric": "errors", "requiresVerdict": True, "safeMargin": 3, "negligible": 0.1}],
    "alpha": 0.005,
    "slowMs": 10000,
    "outcomeAgeMs": 200,
    "watch": {"seconds": 3, "shadowShare": 0},
}


def table_model(entries: int, opset: int = 13) -> bytes:
    """y = a row of a table; a category beyond the table makes the run fail."""
    table = np.arange(2 * entries, dtype=np.float32).reshape(entries, 2)
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "category"], ["y"])],
        "table",
        [helper.make_tensor_value_info("category", TensorProto.INT64, ["N"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 2])],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


class Traffic:
    """Callers of an endpoint. One in fifty of their requests fails on every version; `more` of them ask for a category that only a good one knows."""

    def __init__(self, leeway, endpoint: str, more: float):
        self.ended = threading.Event()
        self.url = f"{leeway.gateway}/v2/models/{endpoint}/infer"
        self.headers = {"Authorization": f"Bearer {leeway.token}"}
        self.more = more
        self.unexpected: list[tuple[int, int, str]] = []
        self.callers = [threading.Thread(target=self.call, args=(seed,), daemon=True) for seed in range(3)]

    def call(self, seed: int) -> None:
        draw = random.Random(seed)
        session = requests.Session()
        while not self.ended.wait(0.04):
            chance = draw.random()
            category = 2 if chance < 0.02 else 1 if chance < 0.02 + self.more else 0
            body = {"inputs": [{"name": "category", "datatype": "INT64", "shape": [1], "data": [category]}]}
            answer = session.post(self.url, json=body, headers=self.headers, timeout=30)
            arm = answer.headers.get("leeway-arm", "")
            if answer.status_code != (500 if category == 2 else 200):
                self.unexpected.append((answer.status_code, category, arm))

    def __enter__(self):
        for caller in self.callers:
            caller.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for caller in self.callers:
            caller.join()


@pytest.fixture(scope="module")
def receiver(leeway):
    receiver = Receiver()
    name = f"rollouts-{uuid4().hex[:8]}"
    wish = {"name": name, "url": receiver.url, "events": ["rollout.*"], "secret": SECRET}
    webhook = leeway.post("webhooks", wish)
    yield receiver
    leeway.call("DELETE", f"webhooks/{webhook['id']}")
    receiver.close()


@pytest.fixture
def endpoint(leeway) -> str:
    """An endpoint that serves version 1 of a model of its name."""
    name = f"rolled-{uuid4().hex[:8]}"
    leeway.call("POST", f"models/{name}/versions", data=table_model(2), headers={"Content-Type": "application/octet-stream"})
    leeway.post("endpoints", {"name": name})
    deadline = time.monotonic() + 60
    while leeway.get(f"models/{name}/versions/1")["inspection"] == "pending" and time.monotonic() < deadline:
        time.sleep(0.2)
    leeway.post(f"endpoints/{name}/deployments", {"model": name, "version": 1, "reason": "client test"})
    leeway.await_serving(name)
    return name


def pipeline(leeway, tmp_path, endpoint: str, model: bytes, *options, plan: dict = PLAN) -> subprocess.Popen:
    """Start the script as CI does."""
    (tmp_path / "model.onnx").write_bytes(model)
    (tmp_path / "plan.json").write_text(json.dumps(plan, indent=2))
    environment = {"PATH": os.environ["PATH"], "LEEWAY_URL": leeway.url, "LEEWAY_TOKEN": leeway.token}
    files = [str(SCRIPT), endpoint, str(tmp_path / "model.onnx")]
    command = ["sh", *files, "--rollout", endpoint, "--plan", str(tmp_path / "plan.json"), *options]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def told(receiver: Receiver, endpoint: str) -> list[str]:
    """Actions that the receiver was told of, in the order of their moments; each has to be signed."""
    events = []
    for headers, body in receiver.received:
        event = json.loads(body)
        if event["data"]["after"]["endpoint"] != endpoint:
            continue
        assert is_genuine(SECRET, headers, body)
        assert not is_genuine("whsec_guessed", headers, body)
        assert event["entity"] == "rollout"
        events.append((event["timestamp"], event["action"]))
    return [action for _, action in sorted(events)]


def await_told(receiver: Receiver, endpoint: str, last: str) -> list[str]:
    deadline = time.monotonic() + 60
    while last not in told(receiver, endpoint) and time.monotonic() < deadline:
        time.sleep(0.2)
    return told(receiver, endpoint)


def test_a_good_version_is_promoted_and_the_pipeline_ends_well(leeway, tmp_path, endpoint, receiver):
    with Traffic(leeway, endpoint, more=0.2) as traffic:
        run = pipeline(leeway, tmp_path, endpoint, table_model(2, opset=14), "--reason", "build 7")
        out, err = run.communicate(timeout=240)
    assert run.returncode == 0, out + err
    assert f"{endpoint} serves v2." in out
    assert traffic.unexpected == []
    (rollout,) = leeway.get("rollouts", endpoint=endpoint)["rollouts"]
    assert (rollout["phase"], rollout["reason"]) == ("promoted", "build 7")
    actions = await_told(receiver, endpoint, "completed")
    moves = [action for action in actions if action not in ("held", "went-on")]
    assert moves == ["started", "advanced", "advanced", "promoted", "completed"]


def test_a_bad_version_is_rolled_back_and_the_pipeline_fails(leeway, tmp_path, endpoint, receiver):
    with Traffic(leeway, endpoint, more=0.4) as traffic:
        run = pipeline(leeway, tmp_path, endpoint, table_model(1))
        out, err = run.communicate(timeout=240)
        time.sleep(1)
    assert run.returncode == 1, out + err
    assert "v2 was rolled back: Rolled back to v1 because errors" in err
    # Nobody but callers of the new version saw it.
    assert {(status, category, arm) for status, category, arm in traffic.unexpected} == {(500, 1, "canary")}
    actions = await_told(receiver, endpoint, "rolled-back")
    assert (actions[0], actions[-1]) == ("started", "rolled-back")


def test_a_rollout_without_traffic_holds_and_the_pipeline_says_that_it_goes_on(leeway, tmp_path, endpoint):
    run = pipeline(leeway, tmp_path, endpoint, table_model(2, opset=14), "--wait", "4")
    out, err = run.communicate(timeout=120)
    assert run.returncode == 3, out + err
    assert "Still in progress after 4 s" in err
    (rollout,) = leeway.get("rollouts", endpoint=endpoint, active="true")["rollouts"]
    leeway.post(f"rollouts/{rollout['id']}/rollback", {"reason": "client test"})


def test_an_interrupted_pipeline_rolls_its_version_back(leeway, tmp_path, endpoint):
    run = pipeline(leeway, tmp_path, endpoint, table_model(2, opset=14))
    deadline = time.monotonic() + 90
    while not leeway.get("rollouts", endpoint=endpoint)["rollouts"] and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(2)
    run.send_signal(signal.SIGTERM)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 1, out + err
    (rollout,) = leeway.get("rollouts", endpoint=endpoint)["rollouts"]
    assert rollout["phase"] == "rolled-back"


def test_a_rollout_without_a_plan_is_called_wrongly(leeway, tmp_path):
    environment = {"PATH": os.environ["PATH"], "LEEWAY_URL": leeway.url, "LEEWAY_TOKEN": leeway.token}
    command = ["sh", str(SCRIPT), "digits", "model.onnx", "--rollout", "digits"]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 2
