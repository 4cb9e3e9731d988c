"""Jobs that Python submits, on the engine of this machine: the file that Leeway serves, as a user loads it."""

import importlib.util
import sys
from pathlib import Path
from uuid import uuid4

import pytest

TRAIN = """
import json, os, sys
import mlflow
with open(os.environ["LEEWAY_PARAMS"]) as file:
    parameters = json.load(file)
with mlflow.start_run():
    mlflow.log_metric("loss", parameters["lr"] / 2, step=1)
print("learned with", parameters["lr"])
"""


@pytest.fixture
def jobs(leeway, tmp_path):
    """leeway_jobs as it is served."""
    path = tmp_path / "leeway_jobs.py"
    path.write_bytes(leeway.download("training/client"))
    spec = importlib.util.spec_from_file_location("leeway_jobs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_python_submits_a_folder_and_reads_how_it_ended(leeway, jobs, client, tmp_path):
    engine = f"python-{uuid4().hex[:8]}"
    leeway.post("training/engines", {"name": engine, "settings": {"kind": "local"}})
    folder = tmp_path / "code"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "train.py").write_text(TRAIN)
    assert jobs._pack(folder) == jobs._pack(Path(folder)), "the package of the same contents is the same"
    job = jobs.submit(
        f"digits-{engine}",
        [sys.executable, "train.py"],
        engine=engine,
        folder=folder,
        parameters={"lr": 0.5},
        limits={"hours": 1},
    )
    ended = jobs.wait(job, seconds=120, every=0.5)
    log = leeway.download(f"training/jobs/{job['id']}/log/file").decode()
    assert ended["state"] == "finished", log
    assert "learned with 0.5" in log
    assert client.get_run(ended["runId"]).data.metrics == {"loss": 0.25}


def test_python_reads_what_leeway_refuses(jobs):
    with pytest.raises(jobs.LeewayError, match="Training engine not found"):
        jobs.submit("digits", ["true"], engine="no-such-engine")
    with pytest.raises(ValueError, match="parameters only"):
        jobs.submit("digits", ["true"], template="Train digits")
