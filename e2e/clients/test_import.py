"""Everything that a real MLflow server holds, taken over by Leeway and read back by MLflow's own client."""

import math
import os
import socket
import subprocess
import sys
import time
from uuid import uuid4

import mlflow
import pytest
import requests
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput, Metric, Param


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a real MLflow server with a database and artifacts of its own."""
    folder = tmp_path_factory.mktemp("mlflow")
    address = f"http://127.0.0.1:{free_port()}"
    options = {
        "--backend-store-uri": f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination": str(folder / "artifacts"),
        "--port": address.rsplit(":", 1)[1],
        "--workers": "1",
    }
    # Its log would fill a pipe that nobody reads.
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *(part for option in options.items() for part in option)],
            cwd=folder,
            env={key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")}
            | {"MLFLOW_DISABLE_TELEMETRY": "true"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        await_health(address, process, folder / "log")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def await_health(address: str, process: subprocess.Popen, log) -> None:
    """Wait until the server answers; it makes its tables first."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            if requests.get(f"{address}/health", timeout=10).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise AssertionError(f"MLflow's server did not answer:\n{log.read_text()[-2000:]}")


def fill(client: MlflowClient, folder) -> dict:
    """A run with a child that has one of everything, a logged model, and a registered model with an alias."""
    experiment = client.create_experiment("parcels, from MLflow", tags={"team": "sorting"})
    parent = client.create_run(experiment, run_name="sweep").info.run_id
    child = client.create_run(experiment, run_name="first", tags={"mlflow.parentRunId": parent}).info.run_id
    losses = [Metric("loss", 1 / (step + 1), 1000 + step, step) for step in range(500)]
    odd = [Metric("odd", float("nan"), 1000, 1), Metric("odd", float("inf"), 1001, 2)]
    client.log_batch(child, metrics=losses, params=[Param("lr", "0.1"), Param("depth", "3")])
    client.log_batch(child, metrics=odd)
    dataset = Dataset("parcels", "d1", "local", "{}", schema="{}", profile="{}")
    client.log_inputs(child, datasets=[DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    client.log_text(child, "a picture", "plots/über loss.txt")
    model = client.create_logged_model(experiment, name="net", source_run_id=child, params={"depth": "3"})
    (folder / "MLmodel").write_text("flavors: {}\n")
    client.log_model_artifacts(model.model_id, str(folder))
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(child, [LoggedModelOutput(model.model_id, 7)])
    client.log_metric(child, "acc", 0.75, timestamp=2000, step=7, model_id=model.model_id)
    client.set_terminated(child, "FINISHED")
    client.set_terminated(parent, "FAILED")
    sorter = f"sorter-{uuid4().hex[:8]}"
    client.create_registered_model(sorter, description="sorts", tags={"tier": "1"})
    client.create_model_version(sorter, f"models:/{model.model_id}", run_id=child, model_id=model.model_id)
    client.create_model_version(sorter, f"runs:/{child}/plots", run_id=child, description="second")
    client.set_registered_model_alias(sorter, "champion", "2")
    return {"parent": parent, "child": child, "model": model.model_id, "sorter": sorter}


def history(client: MlflowClient, run_id: str, key: str) -> list:
    """Points as plain values; NaN is told as a word, because it equals nothing."""
    points = client.get_metric_history(run_id, key)
    return [(each.step, each.timestamp, "NaN" if math.isnan(each.value) else each.value) for each in points]


def take_over(leeway, server: str) -> dict:
    """Import and wait for the end."""
    started = leeway.post("imports", {"address": server})
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        told = leeway.get(f"imports/{started['id']}")
        if told["state"] not in ("waiting", "running"):
            return told
        time.sleep(0.5)
    raise AssertionError(f"The import did not end: {told}")


@pytest.fixture(scope="module")
def taken(leeway, server, tmp_path_factory):
    """Both clients, the ids at the source, and how the import ended."""
    source = MlflowClient(tracking_uri=server, registry_uri=server)
    # A version made of a logged model looks that up by the global address.
    mlflow.set_tracking_uri(server)
    made = fill(source, tmp_path_factory.mktemp("model"))
    mlflow.set_tracking_uri(leeway.url)
    return source, MlflowClient(tracking_uri=leeway.url, registry_uri=leeway.url), made, take_over(leeway, server)


def test_an_import_tells_what_it_took_over(taken):
    _, _, _, told = taken
    assert (told["state"], told["message"]) == ("done", None)
    counts = told["counts"]
    assert (counts["runs"], counts["loggedModels"], counts["versions"], counts["files"]) == (2, 1, 2, 2)
    assert counts["withProblems"] == 0


def test_runs_keep_their_ids_params_tags_histories_and_inputs(taken):
    source, client, made, _ = taken
    for run_id in (made["parent"], made["child"]):
        there, here = source.get_run(run_id), client.get_run(run_id)
        for field in ("run_name", "status", "start_time", "end_time", "user_id"):
            assert getattr(here.info, field) == getattr(there.info, field), field
        assert here.data.params == there.data.params
        tags = {key: value for key, value in here.data.tags.items() if not key.startswith("leeway.source.")}
        assert tags == there.data.tags
    for key in ("loss", "odd", "acc"):
        assert history(client, made["child"], key) == history(source, made["child"], key)
    (used,) = client.get_run(made["child"]).inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("parcels", "d1")
    assert {tag.key: tag.value for tag in used.tags} == {"mlflow.data.context": "training"}
    (output,) = client.get_run(made["child"]).outputs.model_outputs
    assert (output.model_id, output.step) == (made["model"], 7)
    experiment = client.get_experiment(client.get_run(made["child"]).info.experiment_id)
    assert (experiment.name, experiment.tags["team"]) == ("parcels, from MLflow", "sorting")


def test_artifacts_and_models_come_over(taken, tmp_path):
    _, client, made, _ = taken
    path = client.download_artifacts(made["child"], "plots/über loss.txt", str(tmp_path))
    with open(path, encoding="utf8") as file:
        assert file.read() == "a picture"
    model = client.get_logged_model(made["model"])
    assert (model.name, model.source_run_id, str(model.status)) == ("net", made["child"], "READY")
    assert [file.path for file in client.list_logged_model_artifacts(made["model"])] == ["MLmodel"]
    champion = client.get_model_version_by_alias(made["sorter"], "champion")
    assert (champion.version, champion.source, champion.description) == ("2", f"runs:/{made['child']}/plots", "second")
    assert client.get_registered_model(made["sorter"]).description == "sorts"
    assert client.get_model_version(made["sorter"], "1").source == f"models:/{made['model']}"


def test_a_second_import_takes_only_what_changed(leeway, server, taken):
    source, client, made, _ = taken
    source.set_tag(made["parent"], "verdict", "good")
    told = take_over(leeway, server)
    assert (told["state"], told["counts"]["points"], told["counts"]["unchanged"]) == ("done", 0, 4)
    assert client.get_run(made["parent"]).data.tags["verdict"] == "good"
