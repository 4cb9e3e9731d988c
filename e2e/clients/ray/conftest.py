"""A real head of Ray, Leeway's adapter for it, and a running Leeway. They run in an environment of their own, which has Ray and MLflow's client.

LEEWAY_URL and LEEWAY_TOKEN say which Leeway.
"""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

ROOT = Path(__file__).parents[3]
sys.path.append(str(ROOT / "e2e/clients/jobs"))

from counting_job import Leeway  # noqa: E402

RESULTS = ROOT / ".cache" / "results"
TOKEN = "token-of-the-cluster"
# Stands for the wrapper, which needs a Leeway: it starts the program of the package beside it.
WRAPPER = "import runpy\nrunpy.run_path('job.py', run_name='__main__')\n"


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Head:
    """A running head of Ray, which asks for a token."""

    url: str
    port: int
    process: subprocess.Popen

    def get(self, path: str) -> tuple[int, str]:
        """Ask it directly."""
        request = urllib.request.Request(f"{self.url}{path}", headers={"Authorization": f"Bearer {TOKEN}"})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def kill(self) -> None:
        """End it at once with all of its processes, as a machine that loses its power does."""
        for pid in [self.process.pid, *_descendants(self.process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def _descendants(pid: int) -> list[int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            # The name of a program, in parentheses, may have spaces.
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found, new = [], [pid]
    while new:
        new = [child for child, parent in parents.items() if parent in new]
        found += new
    return found


@contextmanager
def ray_head(port: int) -> Iterator[Head]:
    """Start a head with two cores; ends with all of its processes."""
    # Short: the paths of its sockets may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
    RESULTS.mkdir(parents=True, exist_ok=True)
    command = [
        Path(sys.executable).with_name("ray"),
        "start",
        "--head",
        "--block",
        "--disable-usage-stats",
        "--num-cpus=2",
        "--object-store-memory=100000000",
        "--node-ip-address=127.0.0.1",
        f"--port={free_port()}",
        "--dashboard-host=127.0.0.1",
        f"--dashboard-port={port}",
        f"--dashboard-agent-listen-port={free_port()}",
        f"--temp-dir={folder}",
    ]
    # Jobs start `python3`, which is to be this one.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": TOKEN, "RAY_USAGE_STATS_ENABLED": "0", "PATH": path}
    environment = {**os.environ, **own}
    with (RESULTS / "ray.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    head = Head(f"http://127.0.0.1:{port}", port, process)
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                # The dashboard is up before its nodes are.
                status, text = head.get("/nodes?view=summary")
                if status == 200 and '"ALIVE"' in text:
                    break
            except OSError:
                pass
            assert process.poll() is None and time.monotonic() < deadline, (RESULTS / "ray.log").read_text()[-4000:]
            time.sleep(0.5)
        yield head
    finally:
        head.kill()
        shutil.rmtree(folder, ignore_errors=True)


class Refused(Exception):
    """What the adapter throws."""


@dataclass
class Adapter:
    """Leeway's adapter, by its five calls."""

    process: subprocess.Popen
    folder: Path
    epochs: dict[str, str] = field(default_factory=dict)

    def call(self, name: str, **values):
        """Make a call; raises Refused with the words of the adapter. A head that is busy is asked again, as Leeway does."""
        deadline = time.monotonic() + 180
        while True:
            self.process.stdin.write(json.dumps({"name": name, **values}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            if "error" not in answer:
                return answer["value"]
            if "did not respond in time" not in answer["error"] or time.monotonic() > deadline:
                raise Refused(answer["error"])

    def package(self, program: str) -> dict:
        """A package whose program is job.py."""
        path = self.folder / f"{uuid4().hex}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("job.py", program)
            archive.writestr("data/words.txt", "in the package")
        return {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}

    def submit(self, program: str, launch: str | None = None, **spec) -> str:
        """Submit a program; the id of its launch."""
        launch = launch or f"tj-{uuid4().hex[:26]}-1"
        handle = self.call("submit", id=launch, spec=spec, package=self.package(program))
        assert handle["id"] == launch
        self.epochs[launch] = handle["epoch"]
        return launch

    def look(self, launch: str) -> dict:
        """What is said of a launch."""
        return self.call("look", id=launch, epoch=self.epochs[launch])

    def until(self, launch: str, *states: str, seconds: float = 180) -> dict:
        """Wait until a launch is in one of some states."""
        deadline = time.monotonic() + seconds
        while (seen := self.look(launch))["state"] not in states:
            assert time.monotonic() < deadline, seen
            time.sleep(0.3)
        return seen


@contextmanager
def adapter_of(url: str, token: str = TOKEN) -> Iterator[Adapter]:
    """Start the adapter for a head."""
    folder = Path(tempfile.mkdtemp(prefix="leeway-ray-adapter-"))
    wrapper = folder / "wrapper.py"
    wrapper.write_text(WRAPPER)
    command = ["node", "e2e/clients/ray/adapter.ts", url, token, str(wrapper)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Adapter(process, folder)
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    """A head for all tests."""
    with ray_head(free_port()) as started:
        yield started


@pytest.fixture(scope="module")
def adapter(head) -> Iterator[Adapter]:
    """The adapter for it, with its token."""
    with adapter_of(head.url) as started:
        yield started


@pytest.fixture(scope="session")
def leeway() -> Leeway:
    """The Leeway of this test run."""
    return Leeway(url=os.environ["LEEWAY_URL"], token=os.environ["LEEWAY_TOKEN"])
