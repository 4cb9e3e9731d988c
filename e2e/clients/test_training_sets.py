"""Training sets in MLflow: a run that logs one as its input is found from it, and the other way round."""

import io
import time
from uuid import uuid4

import mlflow
import pandas as pd

CSV = """driver_id,event_timestamp,late
1001,2026-03-01T12:00:00Z,1
1002,2026-03-01T12:00:00Z,0
1001,2026-03-01T18:00:00Z,0
"""


def settled(leeway, path: str, ended: set[str]) -> dict:
    """Wait for work to end."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        answer = leeway.get(path)
        if answer["state"] in ended:
            return answer
        time.sleep(0.3)
    raise AssertionError(f"{path} did not end.")


def training_set(leeway) -> dict:
    """Rows of two drivers with a feature of theirs, split by time."""
    suffix = uuid4().hex[:8]
    driver, view, dataset = f"driver-{suffix}", f"driver-stats-{suffix}", f"trips-{suffix}"
    leeway.call("PUT", f"feature-entities/{driver}", json={"joinKey": "driver_id", "type": "int64"})
    features = [{"name": "trips", "type": "int64"}]
    leeway.call("PUT", f"feature-views/{view}", json={"entities": [driver], "features": features})
    times = ["2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", "2026-03-01T15:00:00Z"]
    columns = {"driver_id": [1001, 1002, 1001], "trips": [7, 3, 9], "event_timestamp": times}
    leeway.post("features/rows", {"view": view, "columns": columns})
    kind = {"content-type": "application/octet-stream"}
    uploads = f"datasets/{dataset}/uploads"
    upload = leeway.call("POST", f"{uploads}?fileName=trips.csv", data=CSV.encode(), headers=kind).json()
    digest = settled(leeway, f"{uploads}/{upload['id']}", {"done", "failed"})["digest"]
    asked = {
        "name": f"trips-train-{suffix}",
        "rows": {"dataset": dataset, "digest": digest},
        "features": [f"{view}:trips"],
        "cutoff": "event",
        "splitByTime": {"parts": [{"name": "train", "until": "2026-03-01T15:00:00Z"}, {"name": "test"}]},
    }
    shown = leeway.post("training-sets/preview", asked | {"check": True})
    assert [row["cells"][-1] for row in shown["rows"]] == ["7", "3", "9"]
    assert [(part["value"], part["rows"]) for part in shown["check"]["splits"]] == [("train", 2), ("test", 1)]
    created = leeway.post("training-sets", asked)
    made = settled(leeway, f"training-sets/{created['id']}", {"done", "failed", "held"})
    assert made["state"] == "done", made["problem"]
    return made


def test_a_run_logs_a_training_set_as_its_input(leeway, client, experiment):
    made = training_set(leeway)
    name, digest = made["name"], made["digest"]
    version = f"datasets/{name}/versions/{digest}"
    frame = pd.read_parquet(io.BytesIO(leeway.download(f"{version}/file")))
    assert list(frame.trips) == [7, 3, 9]
    assert list(frame.split) == ["train", "train", "test"]

    with mlflow.start_run(run_name="train") as run:
        train = frame[frame.split == "train"]
        mlflow.log_input(mlflow.data.from_pandas(train, name=name, digest=digest, targets="late"), context="training")
        mlflow.log_metric("acc", 0.9)
    (logged,) = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert (logged.dataset.name, logged.dataset.digest) == (name, digest)

    # From the training set to the run, and back: what both pages show.
    (used,) = leeway.get(version)["usedByRuns"]
    assert (used["id"], used["name"], used["context"]) == (run.info.run_id, "train", "training")
    relatives = leeway.get(f"runs/{run.info.run_id}/relatives")
    assert relatives["trainingSets"] == [{"id": made["id"], "name": name, "digest": digest}]
    (found,) = leeway.get("training-sets", name=name, digest=digest)["trainingSets"]
    assert found["id"] == made["id"]

    # A dataset of the same name with another digest is not this version.
    with mlflow.start_run(run_name="other") as other:
        mlflow.log_input(mlflow.data.from_pandas(train, name=name), context="training")
    assert leeway.get(f"runs/{other.info.run_id}/relatives")["trainingSets"] == []
    assert len(leeway.get(version)["usedByRuns"]) == 1
