"""Leeway's adapter of Slurm engines against a real cluster: what it relies on, and what Slurm does otherwise."""

import json
import socket
import time
from pathlib import Path

import pytest
from conftest import Refused, adapter_of

# Jobs that name no memory take all of a machine's.
SMALL = {"cores": 1, "memoryBytes": 100 * 2**20}
WHOLE = {"cores": 2, "memoryBytes": 100 * 2**20}


def waits(started: Path) -> str:
    """A program that says that it has started, and runs until it is asked to end."""
    return f"import time\nopen({str(started)!r}, 'w').close()\nwhile True: time.sleep(0.1)"


def saves(started: Path, saved: Path, seconds: float) -> str:
    """A program that takes some time to save when it is asked to end, and says when it was asked."""
    return f"""
import signal, sys, time
def save(*_):
    asked = time.time()
    time.sleep({seconds})
    open({str(saved)!r}, "w").write(str(asked))
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
open({str(started)!r}, "w").close()
while True: time.sleep(0.1)
"""


@pytest.fixture
def files(cluster, request):
    """A folder that jobs may write to."""
    folder = cluster.work / request.node.name
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def test_says_what_the_cluster_has(cluster, spot, files):
    described = spot.call("describe")
    assert described["version"] == "Slurm 24.11.5, cluster leeway"
    assert described["queues"] == ["spot", "high", "pair"]
    mebibyte = 2**20
    assert described["capacity"] == {
        "cores": {"total": 2, "free": 2},
        "memoryBytes": {"total": 1000 * mebibyte, "free": 1000 * mebibyte},
        "gpus": {"total": 0, "free": 0},
    }
    started = files / "started"
    spot.submit(waits(started), resources=SMALL)
    cluster.until(started.exists)
    capacity = spot.call("describe")["capacity"]
    assert capacity["cores"] == {"total": 2, "free": 1}
    assert capacity["memoryBytes"]["free"] == 900 * mebibyte
    cluster.command("scontrol", "update", "nodename=node1", "state=drain", "reason=test")
    # A machine that takes no more jobs is no capacity.
    assert spot.call("describe")["capacity"]["cores"] == {"total": 0, "free": 0}


def test_a_launch_runs_once_however_often_it_is_submitted(spot, files):
    count = files / "count"
    program = f"open({str(count)!r}, 'a').write('x')\nraise SystemExit(7)"
    launch = spot.submit(program)
    handle = spot.handles[launch]
    for _ in range(3):
        assert spot.handles[spot.submit(program, launch)] == handle
    seen = spot.until(launch, "ended")
    assert (seen["code"], seen.get("signal")) == (7, None)
    spot.submit(program, launch)
    assert spot.handles[launch] == handle
    assert count.read_text() == "x"


def test_a_program_starts_in_a_folder_of_its_own_with_nothing_secret_but_the_launch_token(cluster, spot, files):
    seen = files / "seen.json"
    program = f"import json, os\njson.dump([os.getcwd(), dict(os.environ)], open({str(seen)!r}, 'w'))"
    launch = spot.submit(program, environment={"PASSWORD": "of the job"})
    assert spot.until(launch, "ended")["code"] == 0
    folder, environment = json.loads(seen.read_text())
    assert folder == str(cluster.work / f"leeway-{launch}")
    assert not Path(folder).exists()
    ours = {name: value for name, value in environment.items() if name.startswith("LEEWAY_LAUNCH")}
    assert ours == {"LEEWAY_LAUNCH": launch, "LEEWAY_LAUNCH_TOKEN": "lwl"}
    assert "PASSWORD" not in environment


def test_a_program_has_its_time_to_save(cluster, spot, files):
    started, saved = files / "started", files / "saved"
    # Longer than the cluster gives by itself.
    launch = spot.submit(saves(started, saved, 8))
    cluster.until(started.exists)
    assert spot.look(launch)["state"] == "running"
    for _ in range(3):
        spot.stop(launch)
    ended = spot.until(launch, "ended")
    assert saved.exists()
    assert ended["code"] == 0


def test_a_program_that_does_not_end_is_cancelled(cluster, spot, files):
    started = files / "started"
    program = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{waits(started)}"
    launch = spot.submit(program)
    cluster.until(started.exists)
    spot.stop(launch, grace=0)
    # The wrapper has 15 s for its report.
    time.sleep(10)
    spot.stop(launch, grace=0)
    assert spot.look(launch)["state"] == "running"
    time.sleep(6)
    spot.stop(launch, grace=0)
    ended = spot.until(launch, "ended")
    assert (ended["code"], ended["signal"], ended["reason"]) == (None, "SIGTERM", "Cancelled at Slurm.")


def test_a_waiting_job_that_is_stopped_never_starts(cluster, spot, files):
    started, ran = files / "started", files / "ran"
    first = spot.submit(waits(started), resources=WHOLE)
    cluster.until(started.exists)
    second = spot.submit(waits(ran), resources=WHOLE)
    # Slurm gives no reason before its scheduler has looked at the job.
    cluster.until(lambda: spot.look(second)["reason"] == "Waiting for free machines.")
    spot.stop(second)
    assert spot.until(second, "ended")["signal"] == "SIGTERM"
    assert spot.look(first)["state"] == "running"
    assert not ran.exists()


def test_a_job_that_is_preempted_saves_and_is_not_started_again_by_slurm(cluster, spot, high, files):
    started, saved, urgent = files / "started", files / "saved", files / "urgent"
    program = saves(started, saved, 2)
    first = spot.submit(program, resources=WHOLE)
    cluster.until(started.exists)
    came = time.time()
    other = high.submit(waits(urgent), resources=WHOLE)
    ended = spot.until(first, "ended")
    assert (ended["cause"], ended["signal"]) == ("preempted", "SIGTERM")
    assert float(saved.read_text()) - came < 10
    cluster.until(urgent.exists)
    # Leeway submits the next launch itself.
    started.unlink()
    second = spot.submit(program, resources=WHOLE)
    assert spot.until(second, "waiting")["reason"]
    high.stop(other)
    high.until(other, "ended")
    cluster.until(started.exists)
    assert spot.until(second, "running")["state"] == "running"
    assert spot.look(first)["state"] == "ended"
    assert cluster.names() == [second]


def test_a_preempted_job_that_does_not_end_is_killed(cluster, spot, high, files):
    started, urgent = files / "started", files / "urgent"
    program = f"import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n{waits(started)}"
    launch = spot.submit(program, resources=WHOLE)
    cluster.until(started.exists)
    high.submit(waits(urgent), resources=WHOLE)
    assert spot.until(launch, "ended")["cause"] == "preempted"
    cluster.until(urgent.exists)


@pytest.fixture
def pair(cluster):
    """The adapter for the partition of two machines."""
    with adapter_of(cluster, partition="pair") as started:
        yield started


def test_on_two_machines_both_run_the_wrapper_and_know_which_they_are(cluster, pair, files):
    program = f"""
import json, os, signal, time
rank = os.environ["LEEWAY_RANK"]
def end(*_):
    open({str(files)!r} + "/asked-" + rank, "w").close()
    os._exit(3)
signal.signal(signal.SIGTERM, end)
names = ["LEEWAY_RANK", "LEEWAY_NODES", "LEEWAY_MAIN_ADDRESS", "LEEWAY_LAUNCH", "SLURMD_NODENAME"]
with open({str(files)!r} + "/tmp-" + rank, "w") as out:
    json.dump([os.getcwd(), *[os.environ[name] for name in names]], out)
os.rename({str(files)!r} + "/tmp-" + rank, {str(files)!r} + "/started-" + rank)
while True: time.sleep(0.1)
"""
    launch = pair.submit(program, resources={**SMALL, "nodes": 2})
    cluster.until(lambda: all((files / f"started-{rank}").exists() for rank in [0, 1]))
    for rank in [0, 1]:
        folder = str(cluster.work / f"leeway-{launch}-{rank}")
        main = socket.gethostname()
        assert json.loads((files / f"started-{rank}").read_text()) == [
            *[folder, str(rank), "2", main, launch],
            f"node{rank + 1}",
        ]
    # One that is asked to end does so on both.
    pair.stop(launch)
    assert pair.until(launch, "ended")["code"] == 3
    assert all((files / f"asked-{rank}").exists() for rank in [0, 1])
    assert not list(cluster.work.glob(f"leeway-{launch}-*"))


def test_a_machine_that_fails_does_not_take_the_others_with_it(cluster, pair, files):
    """Leeway asks them to end, so that they save."""
    program = f"""
import os, time
if os.environ["LEEWAY_RANK"] == "1": os._exit(3)
time.sleep(4)
open({str(files)!r} + "/done", "w").close()
"""
    launch = pair.submit(program, resources={**SMALL, "nodes": 2})
    assert pair.until(launch, "ended")["code"] == 3
    assert (files / "done").exists()


def test_a_job_outlives_the_controller(cluster, spot, files):
    count, go = files / "count", files / "go"
    program = f"""
import os, time
open({str(count)!r}, "a").write("x")
while not os.path.exists({str(go)!r}): time.sleep(0.1)
raise SystemExit(3)
"""
    launch = spot.submit(program)
    handle = spot.handles[launch]
    cluster.until(count.exists)
    cluster.let_it_save()
    cluster.kill_controller()
    for ask in [lambda: spot.look(launch), lambda: spot.submit(program, launch), lambda: spot.call("describe")]:
        with pytest.raises(Refused, match="did not respond in time|Unable to contact|controller does not respond"):
            ask()
    cluster.start_controller()
    assert spot.look(launch)["state"] == "running"
    spot.submit(program, launch)
    assert spot.handles[launch] == handle
    go.touch()
    assert spot.until(launch, "ended")["code"] == 3
    assert count.read_text() == "x"


def test_a_job_that_the_controller_forgot_is_submitted_again_and_runs_once(cluster, spot, files):
    started = files / "started"
    program = waits(started)
    # What came before is not to be forgotten with it: a cancelled job would run again.
    cluster.let_it_save()
    # The controller saves at once after a pause, and what comes in the next seconds later.
    spot.submit("", resources=SMALL)
    time.sleep(1)
    launch = spot.submit(program, resources=SMALL)
    lost = spot.handles[launch]
    cluster.kill_controller()
    cluster.start_controller()
    assert spot.look(launch)["state"] == "gone"
    other = spot.submit("", engineFields={"hold": True}, resources=SMALL)
    # Its number went to the next job.
    assert spot.handles[other]["id"] == lost["id"]
    assert spot.look(launch)["state"] == "gone"
    spot.submit(program, launch, resources=SMALL)
    assert spot.handles[launch]["id"] != lost["id"]
    cluster.until(started.exists)
    assert spot.until(launch, "running")["state"] == "running"
    # The end of the job before may have been forgotten, until its machine says so again.
    cluster.until(lambda: sorted(cluster.names()) == sorted([launch, other]))


def test_a_number_that_went_to_another_job_is_gone(cluster, spot, files):
    other = spot.submit(waits(files / "started"))
    spot.handles["tj-before-1"] = {"id": spot.handles[other]["id"], "epoch": "tj-before-1"}
    assert spot.look("tj-before-1")["state"] == "gone"
    spot.stop("tj-before-1", grace=0)
    spot.call("remove", handle=spot.handles["tj-before-1"])
    cluster.until((files / "started").exists)
    assert spot.look(other)["state"] == "running"


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_ends_what_is_removed(cluster, spot, files, state):
    launch = spot.submit(waits(files / "started"), engineFields={"hold": True} if state == "waiting" else {})
    assert spot.until(launch, state)
    spot.call("remove", handle=spot.handles[launch])
    assert spot.until(launch, "ended")["signal"] == "SIGTERM"
    spot.call("remove", handle=spot.handles[launch])


def test_says_why_a_job_waits(cluster, spot, files):
    held = spot.submit("", engineFields={"hold": True})
    assert spot.look(held)["reason"] == "On hold at Slurm by its user."
    running = spot.submit(waits(files / "started"), resources=SMALL)
    cluster.until((files / "started").exists)
    cluster.command("scontrol", "suspend", spot.handles[running]["id"])
    assert spot.until(running, "running")["reason"] == "Slurm has suspended it."
    cluster.command("scontrol", "resume", spot.handles[running]["id"])
    assert "reason" not in spot.until(running, "running")
    later = spot.submit(
        "", engineFields={"begin_time": {"set": True, "number": int(time.time()) + 3600}}, resources=SMALL
    )
    assert spot.look(later)["reason"] == "Its start time at Slurm has not been reached."


def test_a_lost_machine_loses_its_jobs(cluster, spot, files):
    launch = spot.submit(waits(files / "started"))
    cluster.until((files / "started").exists)
    cluster.command("scontrol", "update", "nodename=node1", "state=down", "reason=test")
    ended = spot.until(launch, "ended")
    assert (ended["cause"], ended["reason"]) == ("lost", "Slurm says NODE_FAIL.")


def test_what_can_never_start_is_refused_in_words(cluster, spot):
    with pytest.raises(Refused, match="Slurm rejected the job: .*nonsense"):
        spot.submit("", engineFields={"nonsense": 1})
    with pytest.raises(Refused, match="Slurm rejected the job: "):
        spot.submit("", resources={"cores": 64})
    with (
        adapter_of(cluster, partition="nowhere") as other,
        pytest.raises(Refused, match="Slurm rejected the job: .*partition"),
    ):
        other.submit("")
    assert not cluster.names()


def test_a_folder_that_cannot_be_written_is_no_failure_of_the_program(cluster):
    with adapter_of(cluster, partition="spot", workingFolder="/root/leeway") as other:
        seen = other.until(other.submit(""), "ended")
    assert seen["cause"] == "never-started", seen


def test_wrong_and_expired_tokens_are_said_in_words(cluster):
    expired = cluster.token(lifespan=1)
    another = cluster.token(user="daemon")
    time.sleep(3)
    for token in ["nonsense", expired, another]:
        with adapter_of(cluster, token=token) as other:
            with pytest.raises(Refused, match="token of this engine"):
                other.call("describe")
            with pytest.raises(Refused, match="token of this engine"):
                other.submit("")


def test_ended_jobs_are_forgotten_after_a_while(cluster, spot):
    """The last one here: it waits."""
    launch = spot.submit("")
    spot.until(launch, "ended")
    assert spot.until(launch, "gone", seconds=150)["reason"] == "Unknown to Slurm."
