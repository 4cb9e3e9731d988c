"""Training jobs of a running Leeway on a real Ray: submit, log, curves, checkpoints, stop, resume, and a version at the end."""

import os
import signal
import time
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import TOKEN
from counting_job import engine_of, follow, job_of, lines_of, submit, until, until_state, whole_log
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


@pytest.fixture(scope="module")
def engine(leeway, head) -> str:
    """The name of an engine for the head, which has answered."""
    name = f"ray-{uuid4().hex[:8]}"
    leeway.call("POST", "training/engines", {"name": name, "settings": {"kind": "ray", "address": head.url}, "secret": TOKEN})
    described = until(lambda: engine_of(leeway, name)["description"], 60)
    assert described["version"].startswith("Ray 2.")
    assert described["capacity"]["cores"]["total"] == 2
    return name


@pytest.fixture
def client(leeway, monkeypatch) -> MlflowClient:
    """MLflow's client of a person."""
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", leeway.token)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    return MlflowClient(leeway.url, leeway.url)


def processes_of(launch: str, command: str) -> list[int]:
    """Processes of a launch on this machine, of which the first has started the others."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            mine = f"LEEWAY_LAUNCH={launch}\0" in (folder / "environ").read_text()
            if mine and command in (folder / "cmdline").read_text():
                found.append(int(folder.name))
        except (OSError, ValueError):
            continue
    return sorted(found)


def test_a_job_goes_on_where_it_was_killed_and_becomes_a_version(leeway, engine, client):
    model = f"counted-{uuid4().hex[:8]}"
    job = submit(leeway, engine, {"steps": 150, "save_every": 10, "pause": 0.15}, registerAs=model)
    followed = follow(leeway, job, 1, "step 25 ")
    assert followed == lines_of(1, len(followed))
    until(lambda: leeway.get(f"training/jobs/{job}/checkpoints")["checkpoints"], 30)

    [program, *_] = processes_of(f"{job}-1", "train.py")
    environment = dict(pair.partition("=")[::2] for pair in Path(f"/proc/{program}/environ").read_text().split("\0"))
    [wrapper, *_] = processes_of(f"{job}-1", "leeway_run.py")
    os.kill(wrapper, signal.SIGKILL)
    until_state(leeway, job, "resuming", seconds=60)
    resuming = until(lambda: job_of(leeway, job), 20, lambda found: found["waiting"])
    assert (resuming["losses"], resuming["attempts"][0]["cause"]) == (1, "lost")
    assert resuming["waiting"]["code"] == "back-off"
    first = whole_log(leeway, job, 1)
    # All that was printed before the kill; its last line may be cut.
    assert first[:-1] == lines_of(1, len(first) - 1)
    assert len(first) >= 25
    until(lambda: not Path(f"/proc/{program}").exists(), 30)

    # What the first attempt was given is good for nothing any more.
    run_id = environment["MLFLOW_RUN_ID"]
    os.environ["MLFLOW_TRACKING_TOKEN"] = environment["MLFLOW_TRACKING_TOKEN"]
    with pytest.raises(MlflowException, match="PERMISSION_DENIED"):
        client.log_metric(run_id, "loss", 1e9, step=1)
    os.environ["MLFLOW_TRACKING_TOKEN"] = leeway.token

    finished = until_state(leeway, job, "finished", "failed", "stopped", "lost")
    assert finished["state"] == "finished", finished
    [lost, second] = finished["attempts"]
    begin = second["fromStep"]
    assert 10 <= begin <= lost["lastStep"]
    assert whole_log(leeway, job, 2) == lines_of(begin + 1, 150)

    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["value"] == int(lines_of(150, 150)[0].split()[-1])
    curve = client.get_metric_history(run_id, "loss")
    assert {point.step: point.value for point in curve} == {step: 1 / step for step in range(1, 151)}
    [version] = until(lambda: client.search_model_versions(f"name = '{model}'"), 60)
    assert version.run_id == run_id
    files = client.list_logged_model_artifacts(version.source.removeprefix("models:/"))
    assert [file.path for file in files] == ["model.onnx"]


def test_a_job_that_is_stopped_saves_in_its_grace(leeway, engine, client):
    parameters = {"steps": 10_000, "save_every": 5_000, "pause": 0.1, "saves_at_end": True}
    job = submit(leeway, engine, parameters, limits={"graceSeconds": 20})
    follow(leeway, job, 1, "step 10 ")
    leeway.call("POST", f"training/jobs/{job}/stop", {"reason": "enough"})
    stopped = until_state(leeway, job, "finished", "failed", "stopped", "lost", seconds=60)
    assert (stopped["state"], stopped["cause"], len(stopped["attempts"])) == ("stopped", "cancelled", 1)
    *lines, last = whole_log(leeway, job, 1)
    step = int(last.removeprefix("saved at step "))
    assert lines == lines_of(1, step)
    [checkpoint] = leeway.get(f"training/jobs/{job}/checkpoints")["checkpoints"]
    assert checkpoint["step"] == step
    assert client.get_run(stopped["runId"]).info.status == "KILLED"


def test_a_job_that_waits_for_room_at_ray_is_stopped_at_once_and_never_runs(leeway, engine):
    both = {"resources": {"cores": 2}}
    endless = {"steps": 10_000, "save_every": 5_000, "pause": 0.1}
    first = submit(leeway, engine, endless, **both)
    follow(leeway, first, 1, "step 1 ")
    second = submit(leeway, engine, endless, **both)
    until_state(leeway, second, "submitting")
    time.sleep(3)
    leeway.call("POST", f"training/jobs/{second}/stop", {})
    stopped = until_state(leeway, second, "stopped", seconds=20)
    assert (stopped["cause"], stopped["attempts"]) == ("cancelled", [])
    leeway.call("POST", f"training/jobs/{first}/stop", {})
    until_state(leeway, first, "stopped", seconds=60)
    # Ray has the room now, and may start what it was asked to stop.
    time.sleep(10)
    assert job_of(leeway, second)["attempts"] == []
