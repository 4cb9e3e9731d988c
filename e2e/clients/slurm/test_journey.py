"""Training jobs of a running Leeway on a real Slurm: submit, log, curve, checkpoint, preemption, resume, stop, a version, and a submit that is lost."""

import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import uuid4

import pytest
from conftest import JOURNEY_USER
from counting_job import engine_of, follow, job_of, lines_of, submit, until, until_state, whole_log
from mlflow import MlflowClient

WHOLE = {"cores": 2, "memoryBytes": 500 * 2**20}
ENDS = ["finished", "failed", "stopped", "lost"]
CUT_SHORT = "Stopped by the engine before it finished (its exit code is 0)."
ENDLESS = {"steps": 10_000, "save_every": 5_000, "pause": 0.1}


@pytest.fixture(scope="module")
def engine(leeway, cluster) -> str:
    """The name of an engine for the partition whose jobs may be preempted, which has answered."""
    return engine_at(leeway, cluster, cluster.url)


def engine_at(leeway, cluster, address: str, partition: str = "spot") -> str:
    """Add an engine of the cluster."""
    name = f"slurm-{uuid4().hex[:8]}"
    own = {"kind": "slurm", "address": address, "user": JOURNEY_USER}
    settings = {**own, "partition": partition, "workingFolder": str(cluster.work)}
    secret = cluster.token(JOURNEY_USER)
    leeway.call("POST", "training/engines", {"name": name, "settings": settings, "secret": secret})
    described = until(lambda: engine_of(leeway, name)["description"], 60)
    assert described["version"] == "Slurm 24.11.5, cluster leeway"
    assert described["queues"] == ["spot", "high", "pair"]
    return name


class Relay(ThreadingHTTPServer):
    """Stands between Leeway and slurmrestd. It can lose the answer to a submit, and is then cut until it is mended."""

    def __init__(self, target: str):
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), RelayedCall)
        self.target, self.submits, self.loses, self.is_cut = target, 0, False, False


class RelayedCall(BaseHTTPRequestHandler):
    """One call."""

    def answer(self) -> None:
        """Pass it on."""
        relay = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        if relay.is_cut:
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        request = urllib.request.Request(f"{relay.target}{self.path}", body, headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        content = answer.read()
        if self.path.endswith("/job/submit"):
            relay.submits += 1
            if relay.loses:
                relay.loses, relay.is_cut = False, True
                return
        with suppress(OSError):
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_) -> None:
        """Say nothing."""


@contextmanager
def relay_to(target: str) -> Iterator[Relay]:
    """Start a relay."""
    with Relay(target) as relay:
        Thread(target=relay.serve_forever, daemon=True).start()
        yield relay
        relay.shutdown()


@pytest.fixture
def client(leeway, monkeypatch) -> MlflowClient:
    """MLflow's client of a person."""
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", leeway.token)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    return MlflowClient(leeway.url, leeway.url)


# Of two machines: each waits until the other runs too, then the second one fails where it is to.
MEMBER = """
import os, sys, time
folder, fails = sys.argv[1:]
rank = os.environ["LEEWAY_RANK"]
print("machine", rank, "of", os.environ["LEEWAY_NODES"], "with", os.environ["LEEWAY_MAIN_ADDRESS"], flush=True)
name = folder + "/" + os.environ["LEEWAY_JOB_ID"] + "-"
open(name + rank, "w").close()
while not all(os.path.exists(name + other) for other in "01"): time.sleep(0.1)
if fails == "yes":
    if rank == "1": sys.exit("out of beans")
    while True: time.sleep(0.1)
print("done", flush=True)
"""


def start(leeway, engine: str, parameters: dict, **spec) -> str:
    """Submit a job that takes all of the cluster; its id."""
    return submit(leeway, engine, parameters, **{"command": [sys.executable, "train.py"], "resources": WHOLE, **spec})


def test_a_preempted_job_goes_on_where_it_was_and_becomes_a_version(leeway, cluster, high, engine, client):
    model = f"counted-{uuid4().hex[:8]}"
    job = start(leeway, engine, {"steps": 60, "save_every": 5, "pause": 0.1}, registerAs=model)
    followed = follow(leeway, job, 1, "step 15 ")
    assert followed == lines_of(1, len(followed))
    until(lambda: leeway.get(f"training/jobs/{job}/checkpoints")["checkpoints"], 30)

    urgent = high.submit("import time\ntime.sleep(5)", resources=WHOLE)
    until_state(leeway, job, "resuming", seconds=30)
    resuming = until(lambda: job_of(leeway, job), 20, lambda found: found["waiting"])
    assert (resuming["preemptions"], resuming["losses"], resuming["failures"]) == (1, 0, 0)
    assert (resuming["attempts"][0]["cause"], resuming["waiting"]["code"]) == ("preempted", "back-off")
    first = whole_log(leeway, job, 1)
    assert first[:-1] == lines_of(1, len(first) - 1)
    assert len(first) >= 15
    assert high.until(urgent, "ended")["code"] == 0

    finished = until_state(leeway, job, *ENDS)
    assert finished["state"] == "finished", finished
    [preempted, second] = finished["attempts"]
    begin = second["fromStep"]
    assert 5 <= begin <= preempted["lastStep"]
    assert whole_log(leeway, job, 2) == lines_of(begin + 1, 60)
    run = client.get_run(finished["runId"])
    assert run.info.status == "FINISHED"
    assert run.data.metrics["value"] == int(lines_of(60, 60)[0].split()[-1])
    curve = client.get_metric_history(finished["runId"], "loss")
    assert {point.step: point.value for point in curve} == {step: 1 / step for step in range(1, 61)}
    [version] = until(lambda: client.search_model_versions(f"name = '{model}'"), 60)
    assert version.run_id == finished["runId"]
    until(cluster.names, 20, lambda names: names == [])


def test_a_job_that_is_cancelled_at_slurm_saves_and_is_to_go_on(leeway, cluster, engine):
    job = start(leeway, engine, {**ENDLESS, "saves_at_end": True})
    follow(leeway, job, 1, "step 10 ")
    cluster.command("scancel", f"--name={job}-1")
    resuming = until_state(leeway, job, "resuming", *ENDS, seconds=30)
    assert (resuming["state"], resuming["preemptions"]) == ("resuming", 1)
    [attempt] = resuming["attempts"]
    assert (attempt["cause"], attempt["message"]) == ("preempted", CUT_SHORT)
    [checkpoint] = leeway.get(f"training/jobs/{job}/checkpoints")["checkpoints"]
    assert whole_log(leeway, job, 1)[-1] == f"saved at step {checkpoint['step']}"
    leeway.call("POST", f"training/jobs/{job}/stop", {})
    stopped = until_state(leeway, job, *ENDS, seconds=20)
    assert (stopped["state"], stopped["cause"], len(stopped["attempts"])) == ("stopped", "cancelled", 1)
    until(cluster.names, 20, lambda names: names == [])


def test_a_job_that_is_stopped_saves_in_its_grace_and_one_that_waits_never_runs(leeway, cluster, engine, client):
    first = start(leeway, engine, {**ENDLESS, "saves_at_end": True}, limits={"graceSeconds": 20})
    follow(leeway, first, 1, "step 1 ")
    second = start(leeway, engine, ENDLESS)
    until(lambda: cluster.names().count(f"{second}-1") == 1, 20)
    leeway.call("POST", f"training/jobs/{second}/stop", {})
    waited = until_state(leeway, second, *ENDS, seconds=20)
    assert (waited["state"], waited["cause"], waited["attempts"]) == ("stopped", "cancelled", [])
    until(lambda: cluster.names() == [f"{first}-1"], 20)

    leeway.call("POST", f"training/jobs/{first}/stop", {"reason": "enough"})
    stopped = until_state(leeway, first, *ENDS, seconds=60)
    assert (stopped["state"], stopped["cause"], len(stopped["attempts"])) == ("stopped", "cancelled", 1)
    *lines, last = whole_log(leeway, first, 1)
    step = int(last.removeprefix("saved at step "))
    assert lines == lines_of(1, step)
    [checkpoint] = leeway.get(f"training/jobs/{first}/checkpoints")["checkpoints"]
    assert checkpoint["step"] == step
    assert client.get_run(stopped["runId"]).info.status == "KILLED"
    until(cluster.names, 20, lambda names: names == [])
    time.sleep(3)
    assert job_of(leeway, second)["attempts"] == []


def test_a_launch_is_found_again_whose_answer_was_lost_also_when_it_has_ended(leeway, cluster):
    """As of a worker that died between the submit and storing the handle."""
    with relay_to(cluster.url) as relay:
        address = f"http://127.0.0.1:{relay.server_port}"
        engine = engine_at(leeway, cluster, address)
        relay.loses = True
        first = start(leeway, engine, {**ENDLESS, "saves_at_end": True})
        until(lambda: relay.is_cut, 20)
        follow(leeway, first, 1, "step 1 ")
        relay.loses, relay.is_cut = True, False
        # It waits for room, until it is cancelled while Leeway cannot ask.
        second = start(leeway, engine, ENDLESS)
        until(lambda: relay.is_cut, 20)
        cluster.command("scancel", f"--name={second}-1")
        until(lambda: cluster.names() == [f"{first}-1"], 20)
        relay.is_cut = False

        resuming = until_state(leeway, second, "resuming", *ENDS, seconds=30)
        assert (resuming["state"], resuming["attempts"]) == ("resuming", [])
        assert relay.submits == 2
        leeway.call("POST", f"training/jobs/{second}/stop", {})
        leeway.call("POST", f"training/jobs/{first}/stop", {})
        stopped = [until_state(leeway, job, *ENDS, seconds=40) for job in [first, second]]
        assert [(job["state"], job["cause"], len(job["attempts"])) for job in stopped] == [
            ("stopped", "cancelled", 1),
            ("stopped", "cancelled", 0),
        ]
        assert relay.submits == 2
        until(cluster.names, 20, lambda names: names == [])


def test_a_job_of_two_machines_is_one_attempt_that_ends_when_either_fails(leeway, cluster):
    engine = engine_at(leeway, cluster, cluster.url, partition="pair")
    pair = {"resources": {"cores": 1, "memoryBytes": 300 * 2**20, "nodes": 2}}
    command = [sys.executable, "-c", MEMBER, str(cluster.work)]
    whole, failing = [start(leeway, engine, {}, command=[*command, fails], **pair) for fails in ["no", "yes"]]
    finished = until_state(leeway, whole, *ENDS, seconds=60)
    assert (finished["state"], len(finished["attempts"])) == ("finished", 1)
    assert whole_log(leeway, whole, 1) == [f"machine 0 of 2 with {socket.gethostname()}", "done"]
    failed = until_state(leeway, failing, *ENDS, seconds=60)
    assert (failed["state"], failed["cause"], len(failed["attempts"])) == ("failed", "failed", 1)
    assert failed["message"].startswith("On machine 1: The program ended with exit code 1.\n")
    assert failed["message"].endswith("\nout of beans")
    until(cluster.names, 30, lambda names: names == [])
