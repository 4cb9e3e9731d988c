"""Tracking, used by the unmodified MLflow client the way training scripts use it."""

import hashlib
import math
import os
import threading
from uuid import uuid4

import mlflow
import numpy as np
import pandas as pd
import pytest
import requests
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import RestException


@pytest.fixture
def client() -> MlflowClient:
    """The client as a user makes it; the address and token are in the environment."""
    return MlflowClient()


@pytest.fixture
def experiment() -> str:
    """Id of a new experiment, set as the current one."""
    return mlflow.set_experiment(f"tracking-{uuid4().hex[:8]}").experiment_id


def refused(code: str):
    """Expects a refusal with this code of MLflow's."""
    return pytest.raises(RestException, match=f"^{code}: ")


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


def test_search_finds_orders_and_pages_runs(client, experiment):
    for index in range(7):
        run = client.create_run(experiment, run_name=f"r{index}")
        client.log_metric(run.info.run_id, "acc", math.nan if index == 6 else index / 10)
        client.log_param(run.info.run_id, "lr", str(index % 2))
        client.set_tag(run.info.run_id, "k", "odd" if index % 2 else "even")
        if index < 3:
            client.set_terminated(run.info.run_id)

    def names(filter_string: str = "", order_by=("metrics.acc DESC",), **options) -> list[str]:
        return [
            run.info.run_name for run in client.search_runs([experiment], filter_string, order_by=order_by, **options)
        ]

    assert names() == ["r5", "r4", "r3", "r2", "r1", "r0", "r6"]
    assert names("metrics.acc > 0.2 and params.lr = '1'") == ["r5", "r3"]
    assert names("tags.k ILIKE 'EV%' AND attributes.status = 'FINISHED'") == ["r2", "r0"]
    assert names("attributes.run_name LIKE 'r%' AND run_name != 'r1' AND metrics.acc <= 0.1") == ["r0"]
    assert names("params.nothing IS NULL AND start_time > 0") == names()
    # Leeway's own: alternatives, negation, lists.
    assert names("(metrics.acc = 0.5 OR run_name IN ('r0', 'r1')) AND NOT tags.k = 'odd'") == ["r0"]
    with refused("INVALID_PARAMETER_VALUE"):
        names("metrics.acc >")

    pages, token = [], None
    while True:
        page = client.search_runs([experiment], max_results=3, order_by=["metrics.acc"], page_token=token)
        pages.append([run.info.run_name for run in page])
        token = page.token
        if not token:
            break
    assert pages == [["r0", "r1", "r2"], ["r3", "r4", "r5"], ["r6"]]
    frame = mlflow.search_runs([experiment], "metrics.acc >= 0.4", order_by=["metrics.acc"])
    assert list(frame["tags.mlflow.runName"]) == ["r4", "r5"]


def test_a_scikit_learn_model_is_logged_and_loaded(client, experiment):
    sklearn_linear = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is not installed.")
    inputs = np.arange(12, dtype=np.float64).reshape(6, 2)
    model = sklearn_linear.LinearRegression().fit(inputs, inputs.sum(axis=1))
    with mlflow.start_run() as run:
        mlflow.log_metric("rmse", 0.25, step=0)
        info = mlflow.sklearn.log_model(
            model, name="linear", params={"alpha": 1}, pip_requirements=[], serialization_format="cloudpickle"
        )
    logged = client.get_logged_model(info.model_id)
    assert (logged.name, str(logged.status), logged.source_run_id) == ("linear", "READY", run.info.run_id)
    assert logged.params == {"alpha": "1"}
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("rmse", 0.25)]
    (output,) = client.get_run(run.info.run_id).outputs.model_outputs
    assert output.model_id == info.model_id
    for uri in (info.model_uri, f"runs:/{run.info.run_id}/linear"):
        np.testing.assert_allclose(mlflow.sklearn.load_model(uri).predict(inputs), inputs.sum(axis=1))
    (found,) = mlflow.search_logged_models([experiment], "metrics.rmse < 1 AND name = 'linear'", output_format="list")
    assert found.model_id == info.model_id
    client.set_logged_model_tags(info.model_id, {"a/b": "1"})
    client.delete_logged_model_tag(info.model_id, "a/b")
    client.delete_logged_model(info.model_id)
    assert mlflow.search_logged_models([experiment], output_format="list") == []


def test_an_onnx_model_is_logged_and_loaded(client, experiment):
    onnx = pytest.importorskip("onnx", reason="onnx is not installed.")
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed.")
    weights = np.arange(6, dtype=np.float32).reshape(3, 2)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["x", "W"], ["y"])],
        "linear",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["batch", 3])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["batch", 2])],
        [onnx.numpy_helper.from_array(weights, "W")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    with mlflow.start_run():
        info = mlflow.onnx.log_model(model, name="onnx", pip_requirements=[])
    assert str(client.get_logged_model(info.model_id).status) == "READY"
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    inputs = np.ones((2, 3), dtype=np.float32)
    np.testing.assert_allclose(loaded.predict(inputs)["y"], inputs @ weights)


def test_a_stranger_is_told_to_sign_in(leeway):
    answer = leeway.mlflow("POST", "/api/2.0/mlflow/experiments/search", json={}, headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_token_works_as_a_password_too(leeway):
    answer = leeway.mlflow("POST", "/api/2.0/mlflow/experiments/search", json={}, headers={"Authorization": ""})
    assert answer.status_code == 401
    basic = requests.post(
        f"{leeway.url}/api/2.0/mlflow/experiments/search", json={}, auth=("anyone", leeway.token), timeout=30
    )
    assert basic.status_code == 200


def test_unknown_calls_let_the_client_go_another_way(leeway):
    answer = leeway.mlflow("GET", "/api/2.0/mlflow/gateway-proxy")
    assert answer.status_code == 404
    assert not answer.headers["Content-Type"].startswith("application/json")
