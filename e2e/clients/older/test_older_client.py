"""The unmodified client of MLflow 2.22 against Leeway: tracking, files and registry, as its users' scripts call them.

Runs in an environment of its own, without numpy, pandas or the tests' other packages.
"""

import math
import os
from pathlib import Path
from uuid import uuid4

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException


@pytest.fixture
def client(monkeypatch) -> MlflowClient:
    """The client as a user makes it: two lines in the environment."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", os.environ["LEEWAY_URL"])
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", os.environ["LEEWAY_TOKEN"])
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    monkeypatch.setenv("GIT_PYTHON_REFRESH", "quiet")
    return MlflowClient()


@pytest.fixture
def experiment(client) -> str:
    """Id of a new experiment."""
    return client.create_experiment(f"older-{uuid4().hex[:8]}", tags={"team": "parcels"})


def test_this_is_the_older_client():
    assert mlflow.__version__.startswith("2.22.")


def test_a_run_keeps_its_metrics_params_and_tags(client, experiment):
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run(run_name="train") as run:
        run_id = run.info.run_id
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"optimiser": "adam", "layers": 3})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metrics({"acc": 0.9, "auc": 0.95}, step=4)
        mlflow.log_metric("odd", math.nan, step=1)
        mlflow.set_tag("stage", "trial")
    many = [Metric("loss", 1 / step, 1000 + step, step) for step in range(2, 400)]
    client.log_batch(run_id, metrics=many, params=[Param("batch", "32")], tags=[RunTag("batch", "yes")])

    found = client.get_run(run_id)
    assert (found.info.status, found.info.run_name, found.info.lifecycle_stage) == ("FINISHED", "train", "active")
    assert found.data.params == {"lr": "0.1", "optimiser": "adam", "layers": "3", "batch": "32"}
    assert math.isnan(found.data.metrics.pop("odd"))
    assert found.data.metrics == {"loss": 1 / 399, "acc": 0.9, "auc": 0.95}
    assert (found.data.tags["stage"], found.data.tags["batch"]) == ("trial", "yes")
    assert sorted(point.step for point in client.get_metric_history(run_id, "loss")) == list(range(1, 400))
    client.delete_tag(run_id, "stage")
    assert "stage" not in client.get_run(run_id).data.tags
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_param(run_id, "lr", "0.2")


def test_files_are_logged_listed_and_downloaded(client, experiment, tmp_path):
    run_id = client.create_run(experiment).info.run_id
    small = tmp_path / "note.txt"
    small.write_text("Größe 日本")
    large = tmp_path / "weights.bin"
    large.write_bytes(os.urandom(3 * 2**20))
    client.log_artifact(run_id, str(small))
    client.log_artifact(run_id, str(large), "model/data")
    client.log_dict(run_id, {"a": [1, 2]}, "config/run.json")

    assert [(file.path, file.is_dir) for file in client.list_artifacts(run_id)] == [
        ("config", True),
        ("model", True),
        ("note.txt", False),
    ]
    (listed,) = client.list_artifacts(run_id, "model/data")
    assert (listed.path, listed.file_size) == ("model/data/weights.bin", 3 * 2**20)
    folder = tmp_path / "down"
    folder.mkdir()
    assert Path(client.download_artifacts(run_id, "note.txt", str(folder))).read_text() == "Größe 日本"
    whole = Path(client.download_artifacts(run_id, "", str(folder)))
    assert (whole / "model/data/weights.bin").read_bytes() == large.read_bytes()
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/config/run.json") == {"a": [1, 2]}


def test_runs_are_searched_deleted_and_restored(client, experiment):
    runs = []
    for index in range(3):
        run_id = client.create_run(experiment, run_name=f"r{index}").info.run_id
        client.log_metric(run_id, "acc", index / 10)
        client.log_param(run_id, "lr", str(index))
        client.set_terminated(run_id)
        runs.append(run_id)

    def search(text: str, **more) -> list[str]:
        return [run.info.run_id for run in client.search_runs([experiment], text, **more)]

    assert search("metrics.acc >= 0.1 AND params.lr != '2'") == [runs[1]]
    assert search("attributes.status = 'FINISHED'", order_by=["metrics.acc DESC"]) == runs[::-1]
    page = client.search_runs([experiment], order_by=["metrics.acc ASC"], max_results=2)
    rest = client.search_runs([experiment], order_by=["metrics.acc ASC"], max_results=2, page_token=page.token)
    assert [run.info.run_id for run in [*page, *rest]] == runs
    client.delete_run(runs[0])
    assert runs[0] not in search("")
    assert search("", run_view_type=ViewType.DELETED_ONLY) == [runs[0]]
    client.restore_run(runs[0])
    assert sorted(search("")) == sorted(runs)

    client.delete_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "deleted"
    client.restore_experiment(experiment)
    assert client.get_experiment(experiment).tags["team"] == "parcels"


def test_a_model_goes_through_stages_and_aliases(client, experiment, tmp_path):
    run_id = client.create_run(experiment).info.run_id
    file = tmp_path / "weights.bin"
    file.write_bytes(b"weights")
    client.log_artifact(run_id, str(file), "model")
    name = f"older-{uuid4().hex[:8]}"
    client.create_registered_model(name, tags={"team": "parcels"}, description="Sorts parcels.")
    source = f"{client.get_run(run_id).info.artifact_uri}/model"
    versions = [client.create_model_version(name, source, run_id, description=str(turn)).version for turn in range(2)]
    assert [str(version) for version in versions] == ["1", "2"]

    client.transition_model_version_stage(name, "1", "Production")
    moved = client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    assert moved.current_stage == "Production"
    assert client.get_model_version(name, "1").current_stage == "Archived"
    assert [found.version for found in client.get_latest_versions(name, ["Production"])] == ["2"]
    client.set_model_version_tag(name, "2", "checked", "yes")
    assert client.get_model_version(name, "2").tags == {"checked": "yes"}
    assert client.get_model_version_download_uri(name, "2") == source

    client.set_registered_model_alias(name, "candidate", "1")
    assert client.get_model_version_by_alias(name, "candidate").version == "1"
    assert client.get_registered_model(name).aliases == {"candidate": "1"}
    client.delete_registered_model_alias(name, "candidate")
    assert client.get_registered_model(name).aliases == {}

    (found,) = client.search_registered_models(f"name = '{name}'")
    assert (found.description, found.tags) == ("Sorts parcels.", {"team": "parcels"})
    assert len(client.search_model_versions(f"name = '{name}' and run_id = '{run_id}'")) == 2
    client.update_model_version(name, "1", "first")
    assert client.get_model_version(name, "1").description == "first"
    client.delete_model_version(name, "1")
    with pytest.raises(MlflowException, match="not found"):
        client.get_model_version(name, "1")
    renamed = f"{name}-2"
    client.rename_registered_model(name, renamed)
    client.delete_registered_model(renamed)
    with pytest.raises(MlflowException, match="not found"):
        client.get_registered_model(renamed)
