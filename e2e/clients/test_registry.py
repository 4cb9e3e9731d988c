"""The model registry, used by the unmodified MLflow client; what Leeway adds is asked for over REST."""

import hashlib
import time
from uuid import uuid4

import mlflow
import numpy as np
import onnx
import pytest
import requests
from mlflow.exceptions import RestException
from onnx import TensorProto, helper, numpy_helper


@pytest.fixture
def name(client) -> str:
    """A registered model without versions."""
    created = client.create_registered_model(f"registry-{uuid4().hex[:8]}", {"team": "parcels"}, "Sorts parcels")
    return created.name


def linear(columns: int = 3, classes: int = 2) -> onnx.ModelProto:
    """A model y = x · W with class names; W is large enough that MLflow keeps it in a second file."""
    weights = np.arange(columns * classes, dtype=np.float32).reshape(columns, classes)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "W"], ["y"])],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", columns])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", classes])],
        [numpy_helper.from_array(weights, "W")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    helper.set_model_props(model, {"labels": ",".join(f"class {index}" for index in range(classes))})
    return model


def await_inspection(leeway, name: str, version: str | int) -> dict:
    """The version as REST shows it, once the worker has looked at its files."""
    for _ in range(120):
        found = leeway.get(f"models/{name}/versions/{version}")
        if found["inspection"] != "pending":
            return found
        time.sleep(0.25)
    raise AssertionError("The version was not inspected within half a minute.")


def test_models_are_registered_found_renamed_and_deleted(client, name):
    assert client.get_registered_model(name).description == "Sorts parcels"
    client.update_registered_model(name, "Sorts all parcels")
    client.set_registered_model_tag(name, "stage", "trial")
    client.delete_registered_model_tag(name, "team")
    (found,) = client.search_registered_models(f"name = '{name}' AND tags.stage = 'trial'")
    assert (found.description, found.tags) == ("Sorts all parcels", {"stage": "trial"})

    with pytest.raises(RestException) as taken:
        client.create_registered_model(name)
    assert taken.value.error_code == "RESOURCE_ALREADY_EXISTS"

    client.rename_registered_model(name, f"{name}-renamed")
    client.delete_registered_model(f"{name}-renamed")
    assert client.search_registered_models(f"name LIKE '{name}%'") == []


def test_versions_are_numbered_described_tagged_searched_and_deleted(client, name):
    versions = [client.create_model_version(name, f"s3://bucket/{index}", run_id=f"r{index}") for index in range(3)]
    assert [version.version for version in versions] == ["1", "2", "3"]
    assert all(version.status == "READY" for version in versions)
    client.update_model_version(name, "2", "The good one")
    client.set_model_version_tag(name, "2", "checked", "yes")
    (found,) = client.search_model_versions(f"name = '{name}' AND tags.checked = 'yes'")
    assert (found.version, found.description) == ("2", "The good one")
    assert client.get_model_version_download_uri(name, "2") == "s3://bucket/1"

    client.delete_model_version(name, "3")
    assert client.create_model_version(name, "s3://bucket/4").version == "4"
    newest_first = client.search_model_versions(f"name = '{name}'", order_by=["version_number DESC"])
    assert [version.version for version in newest_first] == ["4", "2", "1"]


def test_an_alias_moves_and_goes(client, name):
    for index in range(2):
        client.create_model_version(name, f"s3://bucket/{index}")
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "champion", "2")
    assert client.get_model_version_by_alias(name, "champion").version == "2"
    assert client.get_registered_model(name).aliases == {"champion": "2"}
    client.delete_registered_model_alias(name, "champion")
    with pytest.raises(RestException) as gone:
        client.get_model_version_by_alias(name, "champion")
    assert gone.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("columns", [3, 3000], ids=["weights inside", "weights in a second file"])
def test_a_logged_model_becomes_servable_and_is_loaded_by_alias(client, leeway, columns):
    name = f"registry-{uuid4().hex[:8]}"
    mlflow.set_experiment(name)
    with mlflow.start_run() as run:
        rows = np.ones((2, columns), np.float32)
        mlflow.log_input(mlflow.data.from_numpy(rows, name="parcels"), context="training")
        info = mlflow.onnx.log_model(linear(columns), name="model", registered_model_name=name)
    client.set_registered_model_alias(name, "champion", "1")

    found = await_inspection(leeway, name, 1)
    assert found["inspection"] == "servable", found["inspectionMessage"]
    assert found["signature"]["inputs"] == [{"name": "x", "datatype": "FP32", "shape": ["batch", columns]}]
    assert found["signature"]["labels"] == ["class 0", "class 1"]
    assert found["sizeBytes"] > columns * 2 * 4
    lineage = found["lineage"]
    assert lineage["run"]["id"] == run.info.run_id
    assert lineage["loggedModel"]["id"] == info.model_id
    assert [(one["name"], one["context"]) for one in lineage["datasets"]] == [("parcels", "training")]

    loaded = mlflow.pyfunc.load_model(f"models:/{name}@champion")
    assert loaded.predict({"x": rows})["y"].shape == (2, 2)


def test_a_model_that_is_not_onnx_says_why_it_cannot_be_served(leeway):
    name = f"registry-{uuid4().hex[:8]}"
    mlflow.set_experiment(name)

    class Echo(mlflow.pyfunc.PythonModel):
        """Gives back what it gets."""

        def predict(self, context, model_input: list[str], params=None) -> list[str]:
            """Do nothing."""
            return model_input

    with mlflow.start_run():
        mlflow.pyfunc.log_model(name="model", python_model=Echo(), registered_model_name=name)
    found = await_inspection(leeway, name, 1)
    assert found["inspection"] == "unservable"
    assert "Leeway serves ONNX" in found["inspectionMessage"]


def test_an_uploaded_file_is_a_version_for_mlflow_too(client, leeway, tmp_path):
    name = f"registry-{uuid4().hex[:8]}"
    file = linear().SerializeToString()
    headers = {"Authorization": f"Bearer {leeway.token}", "Content-Type": "application/octet-stream"}
    url = f"{leeway.url}/api/v1/models/{name}/versions"
    answer = requests.post(url, data=file, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    assert answer.json()["sha256"] == hashlib.sha256(file).hexdigest()
    assert client.get_model_version(name, "1").status == "READY"
    path = mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=str(tmp_path))
    assert any(one.read_bytes() == file for one in tmp_path.rglob("*.onnx")), path

    refused = requests.post(url, data=file[:40], headers=headers, timeout=30)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")
    assert len(client.search_model_versions(f"name = '{name}'")) == 1
