"""A server of buckets, and a Leeway that keeps its artifacts there. Both end with the test run."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import boto3
import requests

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "leeway", "AWS_SECRET_ACCESS_KEY": "leeway-secret"}
RESULTS = ROOT / ".cache" / "results"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def bucket_server():
    """Address of a server with an empty bucket named leeway."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / "bucket.log").open("w") as log, running(command, {}, log) as process:
        wait_for(lambda: answers(url), process, 30)
        keys = {name.lower(): value for name, value in CREDENTIALS.items()}
        boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys).create_bucket(Bucket="leeway")
        yield url


@contextmanager
def leeway_with(bucket_url: str):
    """A Leeway started as its users start it, with its artifacts in the bucket. Gives its addresses, token and process."""
    folder = Path(tempfile.mkdtemp(prefix="leeway-bucket-"))
    folder.chmod(0o755)
    ports = {name: str(free_port()) for name in ("PORT", "GATEWAY_PORT", "WORKER_PORT", "FEAST_PORT")}
    settings = {
        **CREDENTIALS,
        **ports,
        "DATA_DIR": str(folder / "data"),
        "ARTIFACT_URL": "s3://leeway/some/prefix",
        "S3_ENDPOINT": bucket_url,
    }
    output = folder / "output.log"
    try:
        with output.open("w") as log, running(["node", "server/main.ts"], settings, log) as process:
            wait_for(lambda: "Leeway is running." in output.read_text(), process, 180, output)
            secrets = (folder / "data" / "first-sign-in.env").read_text()
            token = re.search(r"MLFLOW_TRACKING_TOKEN=(\S+)", secrets)
            yield {
                "url": f"http://127.0.0.1:{ports['PORT']}",
                "gateway": f"http://127.0.0.1:{ports['GATEWAY_PORT']}",
                "token": token.group(1),
                "data": folder / "data",
                "pid": process.pid,
            }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def role_process(pid: int, role: str) -> int:
    """Process id of a role that a supervisor runs."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return next(int(child) for child in children if Path(f"/proc/{child}/cmdline").read_text().split("\0")[-2] == role)


def resident_mb(pid: int) -> float:
    """Memory of a process that is in use now, in MiB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024


@contextmanager
def running(command: list[str], settings: dict[str, str], log):
    """A program of the project, ended with SIGTERM."""
    environment = {**os.environ, "NODE_ENV": "production", **settings}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def wait_for(is_true, process: subprocess.Popen, seconds: float, output: Path | None = None) -> None:
    """Ask until the answer is yes, or the process has ended."""
    deadline = time.monotonic() + seconds
    while not is_true():
        said = output.read_text()[-2000:] if output else ""
        assert process.poll() is None, f"It ended with {process.returncode}:\n{said}"
        assert time.monotonic() < deadline, f"Not ready within {seconds} s:\n{said}"
        time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        return requests.get(url, timeout=2).status_code > 0
    except (requests.ConnectionError, requests.Timeout):
        return False
