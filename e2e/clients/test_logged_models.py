"""Models that a run logs and loads again, by the unmodified MLflow client."""

import mlflow
import numpy as np
import pytest


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
