"""Experiments and runs, used by the unmodified MLflow client the way training scripts use it."""

import math
import threading
from uuid import uuid4

import mlflow
import pytest
from conftest import refused
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType


def test_an_experiment_is_made_found_renamed_tagged_deleted_and_restored(client):
    name = f"tracking-{uuid4().hex[:8]}"
    experiment_id = client.create_experiment(name, tags={"team": "parcels"})
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.create_experiment(name)
    found = client.get_experiment_by_name(name)
    assert (found.experiment_id, found.tags, found.lifecycle_stage) == (experiment_id, {"team": "parcels"}, "active")
    assert found.artifact_location == f"mlflow-artifacts:/{experiment_id}"

    client.set_experiment_tag(experiment_id, "mlflow.note.content", "Sorts *parcels*.")
    client.rename_experiment(experiment_id, f"{name}-2")
    (found,) = client.search_experiments(filter_string=f"name = '{name}-2' AND tags.team = 'parcels'")
    assert found.tags["mlflow.note.content"] == "Sorts *parcels*."
    client.delete_experiment_tag(experiment_id, "team")

    run = client.create_run(experiment_id)
    client.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "deleted"
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_experiment(experiment_id)
    # The name is free again, which MLflow's own server does not grant.
    other = client.create_experiment(f"{name}-2")
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.restore_experiment(experiment_id)
    client.rename_experiment(other, f"{name}-3")
    client.restore_experiment(experiment_id)
    assert client.get_run(run.info.run_id).info.lifecycle_stage == "active"
    assert client.get_experiment_by_name("nothing of this name") is None


def test_a_training_run_keeps_what_it_logs(client, experiment):
    with mlflow.start_run(run_name="train", description="First try.") as run:
        run_id = run.info.run_id
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"optimiser": "adam", "layers": 3, "größe/日本": "ja"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"acc": 0.9, "auc": 0.95}, step=4)
        mlflow.set_tag("stage", "trial")
        mlflow.set_tags({"a": 1, "b": "two"})
        assert client.get_run(run_id).info.status == "RUNNING"
    found = client.get_run(run_id)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "train")
    assert found.info.end_time >= found.info.start_time > 0
    assert found.data.params == {"lr": "0.1", "optimiser": "adam", "layers": "3", "größe/日本": "ja"}
    assert found.data.metrics == {"loss": 0.2, "acc": 0.9, "auc": 0.95}
    assert {key: found.data.tags[key] for key in ("stage", "a", "b", "mlflow.note.content", "mlflow.runName")} == {
        "stage": "trial",
        "a": "1",
        "b": "two",
        "mlflow.note.content": "First try.",
        "mlflow.runName": "train",
    }
    history = client.get_metric_history(run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(step, 1 / (step + 1)) for step in range(5)]
    client.delete_tag(run_id, "stage")
    assert "stage" not in client.get_run(run_id).data.tags


def test_a_run_that_raises_has_failed(client, experiment):
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as run:
        _ = 1 / 0
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def test_numbers_that_are_none_survive(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    for step, value in enumerate([math.nan, math.inf, -math.inf, math.nan]):
        client.log_metric(run_id, f"odd{step}", value, timestamp=1, step=step)
    client.log_metric(run_id, "odd0", math.nan, timestamp=1, step=0)
    metrics = client.get_run(run_id).data.metrics
    assert math.isnan(metrics["odd0"]) and math.isnan(metrics["odd3"])
    assert (metrics["odd1"], metrics["odd2"]) == (1.7976931348623157e308, -1.7976931348623157e308)
    assert len(client.get_metric_history(run_id, "odd0")) == 1


def test_a_param_is_written_once(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    client.log_param(run_id, "lr", "0.1")
    client.log_param(run_id, "lr", "0.1")
    with pytest.raises(Exception, match="Changing param values is not allowed"):
        client.log_param(run_id, "lr", "0.2")
    with pytest.raises(Exception, match="Changing param values is not allowed"):
        client.log_batch(run_id, params=[Param("lr", "0.3")], metrics=[Metric("m", 1, 1, 0)], tags=[RunTag("t", "1")])
    data = client.get_run(run_id).data
    assert data.params == {"lr": "0.1"}
    assert (data.metrics, "t" in data.tags) == ({}, False)


def test_a_long_history_is_read_in_pages(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    count = 26_000
    for first in range(0, count, 1000):
        client.log_batch(run_id, metrics=[Metric("long", step, step, step) for step in range(first, first + 1000)])
    history = client.get_metric_history(run_id, "long")
    assert [point.step for point in history] == list(range(count))


def test_eight_writers_to_one_run_lose_nothing(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    errors = []

    def write(writer: int) -> None:
        try:
            own = MlflowClient()
            for batch in range(5):
                steps = range(batch * 200, batch * 200 + 200)
                shared = [Metric(f"shared{step % 5}", writer, step, step) for step in steps]
                own.log_batch(
                    run_id,
                    metrics=[*shared, *shared[:20]],
                    params=[Param(f"p{writer}.{batch}", "x"), Param("common", "x")],
                    tags=[RunTag("last", str(writer)), RunTag(f"t{batch}", str(writer))],
                )
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(len(client.get_metric_history(run_id, f"shared{key}")) for key in range(5)) == 8 * 1000
    data = client.get_run(run_id).data
    assert len(data.params) == 41
    assert data.metrics["shared4"] == 7


def test_nested_runs_know_their_parent(client, experiment):
    with mlflow.start_run() as parent, mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("c", 1)
    (found,) = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert found.info.run_id == child.info.run_id


def test_a_run_goes_on_where_it_stopped(client, experiment):
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1, step=1)
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_metric("m", 2, step=2)
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
    found = client.get_run(run.info.run_id)
    assert (found.info.status, found.data.metrics["m"]) == ("FINISHED", 2)


def test_a_deleted_run_is_read_not_written_and_restored(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    client.delete_run(run_id)
    client.delete_run(run_id)
    assert client.search_runs([experiment]) == []
    (found,) = client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)
    assert found.info.run_id == run_id
    with refused("INVALID_PARAMETER_VALUE"):
        client.log_metric(run_id, "m", 1)
    client.restore_run(run_id)
    client.log_metric(run_id, "m", 1)
    assert client.get_run(run_id).data.metrics == {"m": 1}
