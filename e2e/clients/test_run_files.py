"""Data sets and artifacts of runs, by the unmodified MLflow client."""

import hashlib
import os

import mlflow
import numpy as np
import pandas as pd
import pytest


def test_a_dataset_is_an_input_of_a_run(client, experiment):
    frame = pd.DataFrame({"x": [1, 2, 3], "y": [0.1, 0.2, 0.3]})
    dataset = mlflow.data.from_pandas(frame, source="https://example.test/parcels.csv", name="parcels", targets="y")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training")
        mlflow.log_input(dataset, context="training")
    (used,) = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("parcels", dataset.digest)
    assert {tag.key: tag.value for tag in used.tags}["mlflow.data.context"] == "training"
    assert '"num_rows": 3' in used.dataset.profile
    (found,) = client.search_runs([experiment], "dataset.name = 'parcels' AND dataset.context = 'training'")
    assert found.info.run_id == run.info.run_id


def test_files_of_many_megabytes_come_back_whole(client, experiment, tmp_path):
    content = np.random.default_rng(1).bytes(24 * 2**20)
    large = tmp_path / "weights.bin"
    large.write_bytes(content)
    (tmp_path / "ünï sp ace 100%.txt").write_text("odd name")
    with mlflow.start_run() as run:
        mlflow.log_artifact(large, "model/deep")
        mlflow.log_artifact(tmp_path / "ünï sp ace 100%.txt")
        mlflow.log_text("hello", "notes/a.txt")
        mlflow.log_dict({"a": 1}, "d.json")
        mlflow.log_text("", "empty.txt")
        mlflow.log_table({"a": [1, 2]}, "t.json")
        mlflow.log_table({"a": [3]}, "t.json")
    run_id = run.info.run_id
    files = {file.path: (file.is_dir, file.file_size) for file in client.list_artifacts(run_id)}
    assert files["model"] == (True, None)
    assert files["ünï sp ace 100%.txt"] == (False, 8)
    (deep,) = client.list_artifacts(run_id, "model/deep")
    assert (deep.path, deep.file_size) == ("model/deep/weights.bin", len(content))
    folder = mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=tmp_path / "all")
    with open(os.path.join(folder, "model/deep/weights.bin"), "rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(content).digest()
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/a.txt") == "hello"
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/d.json") == {"a": 1}
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/ünï sp ace 100%.txt") == "odd name"
    assert list(mlflow.load_table("t.json", run_ids=[run_id])["a"]) == [1, 2, 3]
    with pytest.raises(Exception, match="notes|artifact"):
        mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="nothing/here")


def test_a_broken_download_can_go_on(client, leeway, experiment):
    run = client.create_run(experiment)
    client.log_text(run.info.run_id, "0123456789", "ten.txt")
    path = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run.info.run_id}/artifacts/ten.txt"
    whole = leeway.mlflow("GET", path)
    rest = leeway.mlflow("GET", path, headers={"Range": "bytes=4-", "If-Range": whole.headers["ETag"]})
    assert (rest.status_code, rest.text, rest.headers["Content-Range"]) == (206, "456789", "bytes 4-9/10")
    assert leeway.mlflow("GET", path, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert leeway.mlflow("HEAD", path).headers["Content-Length"] == "10"
