"""Leeway's adapter of Ray engines against a real head of Ray: what it relies on, and what Ray is known to do otherwise."""

import json
import time

import pytest
from conftest import Refused, adapter_of, ray_head


def test_says_what_the_cluster_has(adapter):
    described = adapter.call("describe")
    assert described["version"].startswith("Ray 2.")
    assert described["capacity"]["cores"] == {"total": 2, "free": None}
    assert described["capacity"]["memoryBytes"]["total"] > 2**30


def test_a_launch_runs_once_however_often_it_is_submitted(adapter, tmp_path):
    count = tmp_path / "count"
    program = f"open({str(count)!r}, 'a').write('x')\nraise SystemExit(7)"
    launch = adapter.submit(program)
    for _ in range(3):
        assert adapter.submit(program, launch) == launch
    assert adapter.until(launch, "ended")["code"] == 7
    assert adapter.submit(program, launch) == launch
    assert count.read_text() == "x"


def test_a_program_starts_in_its_package_with_nothing_secret_but_the_launch_token(adapter, tmp_path):
    seen = tmp_path / "seen.json"
    program = f"""
import json, os
words = open("data/words.txt").read()
json.dump({{"words": words, "environment": dict(os.environ)}}, open({str(seen)!r}, "w"))
"""
    launch = adapter.submit(program, environment={"PASSWORD": "of the job"})
    assert adapter.until(launch, "ended")["code"] == 0
    found = json.loads(seen.read_text())
    assert found["words"] == "in the package"
    environment = found["environment"]
    ours = {name: value for name, value in environment.items() if name.startswith("LEEWAY_LAUNCH")}
    assert ours == {"LEEWAY_LAUNCH": launch, "LEEWAY_LAUNCH_TOKEN": "lwl"}
    # The wrapper gets what the job needs from Leeway; Ray shows its jobs to whoever may read them.
    assert "PASSWORD" not in environment


def test_a_program_has_its_time_to_save(adapter, tmp_path):
    started, saved = tmp_path / "started", tmp_path / "saved"
    # Twice as long as Ray gives by itself.
    program = f"""
import signal, sys, time
def save(*_):
    time.sleep(6)
    open({str(saved)!r}, "w").close()
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
open({str(started)!r}, "w").close()
while True: time.sleep(0.1)
"""
    launch = adapter.submit(program)
    _await(started.exists)
    adapter.call("stop", id=launch, epoch=adapter.epochs[launch])
    ended = adapter.until(launch, "ended")
    assert saved.exists()
    # Ray knows no exit code of what it was asked to stop.
    assert (ended["code"], ended["signal"]) == (None, "SIGTERM")


def test_a_waiting_job_that_is_stopped_starts_for_a_moment(adapter, tmp_path):
    started, ran, ended = tmp_path / "started", tmp_path / "ran", tmp_path / "ended"
    first = adapter.submit(
        f"import time\nopen({str(started)!r}, 'w').close()\nwhile True: time.sleep(0.1)", resources={"cores": 2}
    )
    _await(started.exists)
    program = f"import time\nopen({str(ran)!r}, 'w').close()\ntime.sleep(8)\nopen({str(ended)!r}, 'w').close()"
    second = adapter.submit(program, resources={"cores": 2})
    time.sleep(3)
    assert adapter.look(second)["state"] == "waiting"
    adapter.call("stop", id=second, epoch=adapter.epochs[second])
    assert adapter.look(second)["state"] == "waiting"
    adapter.call("stop", id=first, epoch=adapter.epochs[first])
    assert adapter.until(first, "ended")["signal"] == "SIGTERM"
    assert adapter.until(second, "ended")["signal"] == "SIGTERM"
    # This is why the wrapper asks Leeway before it runs anything. Whether it came so far differs.
    print("started" if ran.exists() else "did not start")
    assert not ended.exists()


def test_one_byte_that_is_not_text_makes_the_log_of_ray_unreadable_but_not_its_state(adapter, head):
    launch = adapter.submit(r"import sys; sys.stdout.buffer.write(b'good\n\xff bad\n'); sys.exit(3)")
    assert adapter.until(launch, "ended")["code"] == 3
    # Known of Ray: the wrapper therefore sends the log itself.
    status, text = head.get(f"/api/jobs/{launch}/logs")
    assert (status, "UnicodeDecodeError" in text) == (500, True)


def test_forgets_what_is_removed_and_ends_what_still_runs(adapter):
    launch = adapter.submit("import time\nwhile True: time.sleep(0.1)")
    handle = {"id": launch, "epoch": adapter.epochs[launch]}
    adapter.until(launch, "running")
    adapter.call("remove", **handle)
    assert adapter.until(launch, "ended")["signal"] == "SIGTERM"
    adapter.call("remove", **handle)
    assert adapter.look(launch)["state"] == "gone"


def test_what_cannot_start_is_no_failure_of_the_program(adapter):
    # Ray refuses this at once; an environment of pip takes it minutes on a busy machine.
    fields = {"runtime_env": {"conda": "an environment with no such name"}}
    launch = adapter.submit("", engineFields=fields)
    seen = adapter.until(launch, "ended")
    assert seen["cause"] == "never-started", seen
    with pytest.raises(Refused, match="Ray rejected the job: .*nonsense"):
        adapter.submit("", engineFields={"nonsense": 1})


@pytest.mark.parametrize("token", ["", "another"])
def test_a_wrong_token_is_said_in_words(head, token):
    with adapter_of(head.url, token) as other, pytest.raises(Refused, match="Ray rejected the token of this engine"):
        other.call("describe")


def test_a_new_head_knows_nothing_of_the_one_before(head, adapter):
    """The last one here: it ends the head of the others."""
    launch = adapter.submit("import time\ntime.sleep(600)")
    adapter.until(launch, "running")
    head.kill()
    with pytest.raises(Refused, match="Could not reach Ray"):
        adapter.look(launch)
    with ray_head(head.port):
        seen = adapter.look(launch)
    assert (seen["state"], seen["reason"]) == ("gone", "Ray was restarted and lost its earlier jobs.")


def _await(is_so, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
