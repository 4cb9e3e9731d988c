"""Training jobs of a running Leeway on a real Ray: submit, log, curves, checkpoints, stop, resume, and a version at the end."""

import hashlib
import io
import os
import signal
import time
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import ROOT, TOKEN
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

PROGRAM = Path(__file__).with_name("train.py")
MODEL = ROOT / "server/roles/demo/data/digits/models/digits-v2.onnx"


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


def engine_of(leeway, name: str) -> dict:
    """What Leeway says of an engine."""
    return next(engine for engine in leeway.get("training/engines")["engines"] if engine["name"] == name)


def until(get, seconds: float = 180, so=bool):
    """Wait until something is so; returns it."""
    deadline = time.monotonic() + seconds
    while not so(value := get()):
        assert time.monotonic() < deadline, value
        time.sleep(0.3)
    return value


def submit(leeway, engine: str, parameters: dict, **spec) -> str:
    """Upload the program and submit a job of it; its id."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(PROGRAM, "train.py")
        if "registerAs" in spec:
            archive.write(MODEL, "model.onnx")
    content = package.getvalue()
    key = hashlib.sha256(content).hexdigest()
    leeway.call("PUT", f"training/packages/{key}", content, "application/octet-stream")
    # MLflow's client prints addresses beside what the program does.
    environment = {"MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
    command = {"command": ["python3", "train.py"], "packageKey": key}
    own = {**command, "environment": environment, "parameters": parameters}
    job = leeway.call("POST", "training/jobs", {"name": f"count-{uuid4().hex[:8]}", "engine": engine, "spec": {**own, **spec}})
    assert job["state"] == "waiting"
    return job["id"]


def job_of(leeway, job: str) -> dict:
    """A job with its attempts."""
    return leeway.get(f"training/jobs/{job}")


def until_state(leeway, job: str, *states: str, seconds: float = 180) -> dict:
    """Wait until a job is in one of some states."""
    return until(lambda: job_of(leeway, job), seconds, lambda found: found["state"] in states)


def follow(leeway, job: str, attempt: int, text: str, seconds: float = 120) -> list[str]:
    """Read the log as it comes, page after page, until a line has a text; all lines until then."""
    until_state(leeway, job, "running")
    lines: dict[int, str] = {}
    place = "from=0"
    deadline = time.monotonic() + seconds
    while not any(text in line for line in lines.values()):
        assert time.monotonic() < deadline, lines
        page = leeway.get(f"training/jobs/{job}/log?attempt={attempt}&{place}")
        lines |= {line["number"]: line["text"] for line in page["lines"]}
        place = f"from={page['next']}"
        time.sleep(0.3)
    return [lines[number] for number in sorted(lines)]


def whole_log(leeway, job: str, attempt: int) -> list[str]:
    """The log of an attempt as a file."""
    return leeway.get(f"training/jobs/{job}/log/file?attempt={attempt}").decode().splitlines()


def lines_of(first: int, last: int) -> list[str]:
    """What the program prints from one step to another."""
    value, lines = 1, []
    for step in range(1, last + 1):
        value = (value * 31 + step) % 1_000_003
        lines.append(f"step {step} value {value}")
    return lines[first - 1 :]


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
    assert 10 <= begin < lost["lastStep"]
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
