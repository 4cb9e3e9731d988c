"""A real MLServer in a folder of its own, with models as its users describe them."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def describe_model(folder: Path, name: str, settings: dict) -> None:
    """Write the settings of a model, as MLServer's documentation has it."""
    (folder / name).mkdir(parents=True)
    (folder / name / "model-settings.json").write_text(json.dumps({"name": name, **settings}))


@contextmanager
def mlserver(folder: Path, seconds: float = 120) -> Iterator[str]:
    """Start MLServer on the models of a folder; the address, once all of them are ready."""
    port = free_port()
    ports = {"http_port": port, "grpc_port": free_port(), "metrics_port": free_port()}
    (folder / "settings.json").write_text(json.dumps({"host": "127.0.0.1", **ports, "parallel_workers": 0}))
    program = Path(sys.executable).with_name("mlserver")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    with (folder / "mlserver.log").open("w") as log:
        process = subprocess.Popen([program, "start", str(folder)], env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _await_ready(url, process, folder / "mlserver.log", seconds)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await_ready(url: str, process: subprocess.Popen, log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/v2/health/ready", timeout=2).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.2)
    raise AssertionError(f"MLServer did not become ready:\n{log.read_text()[-4000:]}")
