"""A running Leeway, seen over HTTP, and a training job that counts: what the journeys on Ray and on Slurm share. LEEWAY_URL and LEEWAY_TOKEN say which Leeway."""

import hashlib
import io
import json
import os
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

PROGRAM = Path(__file__).with_name("train.py")
MODEL = Path(__file__).parents[3] / "server/roles/demo/data/digits/models/digits-v2.onnx"


@dataclass(frozen=True)
class Leeway:
    """A running Leeway, seen over HTTP."""

    url: str
    token: str

    def call(self, method: str, path: str, body=None, kind: str = "application/json"):
        """Ask the REST interface; a refusal fails the test with its text."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error

    def get(self, path: str):
        """Read something."""
        return self.call("GET", path)


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
