"""Debian's Prometheus, Alertmanager and amtool, as processes of a test."""

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Path of one of them; the test is skipped, by name, where it cannot be had."""
    path = Path(os.environ.get("PROMETHEUS_PROGRAMS") or "/usr/bin") / name
    # Debian's Alertmanager looks for its templates there and nowhere else.
    needed = [path] + ([Path("/usr/share/prometheus/alertmanager")] if name == "prometheus-alertmanager" else [])
    if not all(each.exists() for each in needed):
        pytest.skip(f"No {name}. Install Debian's prometheus and prometheus-alertmanager.")
    return str(path)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(*command: str, log: Path):
    """The program while the block runs; what it wrote is shown when the block fails."""
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        except BaseException:
            print(log.read_text()[-4000:])
            raise
        finally:
            process.terminate()


def wait_for(look, what: str, seconds: float = 60):
    """Look until something is found, and give it back."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"Not within {seconds:.0f} s: {what}")


class Amtool:
    """amtool, pointed at an Alertmanager or what passes for one."""

    def __init__(self, url: str, folder: Path, token: str = ""):
        self.command = [program("amtool"), f"--alertmanager.url={url}"]
        if token:
            config = folder / "amtool-http.yml"
            config.write_text(json.dumps({"authorization": {"credentials": token}}))
            self.command.append(f"--http.config.file={config}")

    def __call__(self, *arguments: str) -> str:
        """What it prints; it fails the test when it fails."""
        ran = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=30)
        assert ran.returncode == 0, f"amtool {' '.join(arguments)}: {ran.stdout}{ran.stderr}"
        return ran.stdout.strip()

    def refuses(self, *arguments: str) -> str:
        """What it complains of; it fails the test when all is well."""
        ran = subprocess.run([*self.command, *arguments], capture_output=True, text=True, timeout=30)
        assert ran.returncode != 0, f"amtool {' '.join(arguments)} was not refused: {ran.stdout}"
        return ran.stdout + ran.stderr

    def alerts(self, *arguments: str) -> list[dict]:
        """Alerts as JSON."""
        return json.loads(self("--output=json", "alert", "query", *arguments))

    def silences(self, *arguments: str) -> list[dict]:
        """Silences as JSON."""
        return json.loads(self("--output=json", "silence", "query", *arguments))
