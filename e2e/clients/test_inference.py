"""The Open Inference Protocol as its clients speak it: tritonclient with its defaults, and plain HTTP.

One model with three kinds of tensors is made here, uploaded, deployed and compared with ONNX Runtime on this machine.
"""

import asyncio
import time
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import onnx
import onnxruntime
import pytest
import requests
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from onnx import TensorProto, helper, numpy_helper
from tritonclient.utils import InferenceServerException

TOLERANCE = 1e-5


def build_model(scale: float) -> bytes:
    """y = softmax(x W · scale), twice = 2 n, same = words."""
    weights = np.random.default_rng(1).standard_normal((4, 3)).astype(np.float32) * scale
    nodes = [
        helper.make_node("MatMul", ["x", "W"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["y"], axis=1),
        helper.make_node("Add", ["n", "n"], ["twice"]),
        helper.make_node("Identity", ["words"], ["same"]),
    ]
    inputs = [("x", TensorProto.FLOAT, ["N", 4]), ("n", TensorProto.INT64, ["N"]), ("words", TensorProto.STRING, ["N"])]
    outputs = [("y", TensorProto.FLOAT, ["N", 3]), ("twice", TensorProto.INT64, ["N"]), ("same", TensorProto.STRING, ["N"])]
    graph = helper.make_graph(
        nodes,
        "kinds",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info(*value) for value in outputs],
        [numpy_helper.from_array(weights, "W")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8).SerializeToString()


@dataclass(frozen=True)
class Served:
    """An endpoint that serves version 1 of the model of the same name."""

    name: str
    model: bytes
    token: str
    client: triton.InferenceServerClient
    address: str

    @property
    def client_address(self) -> str:
        """Host and port, as tritonclient takes them."""
        return self.address.removeprefix("http://").split("/")[0]

    @property
    def headers(self) -> dict[str, str]:
        """A new one each time: tritonclient adds to what it is given."""
        return {"Authorization": f"Bearer {self.token}"}

    def expected(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What ONNX Runtime says here."""
        session = onnxruntime.InferenceSession(self.model, providers=["CPUExecutionProvider"])
        return dict(zip(["y", "twice", "same"], session.run(["y", "twice", "same"], feeds), strict=True))

    def infer(self, feeds: dict[str, np.ndarray], binary: bool = True, **options) -> triton.InferResult:
        """Ask with tritonclient."""
        return self.client.infer(self.name, tensors_of(feeds, binary), headers=self.headers, **options)


def tensors_of(feeds: dict[str, np.ndarray], binary: bool) -> list[triton.InferInput]:
    kinds = {np.dtype(np.float32): "FP32", np.dtype(np.int64): "INT64", np.dtype(object): "BYTES"}
    tensors = []
    for name, value in feeds.items():
        tensor = triton.InferInput(name, list(value.shape), kinds[value.dtype])
        tensor.set_data_from_numpy(value, binary_data=binary)
        tensors.append(tensor)
    return tensors


def feeds_of(rows: int) -> dict[str, np.ndarray]:
    return {
        "x": np.random.default_rng(rows).standard_normal((rows, 4)).astype(np.float32),
        "n": np.arange(rows, dtype=np.int64) + 2**52,
        "words": np.array([f"flight {row} é" for row in range(rows)], object),
    }


def upload(leeway, name: str, model: bytes) -> None:
    """Register the file as the next version of the model."""
    headers = {"Authorization": f"Bearer {leeway.token}", "Content-Type": "application/octet-stream"}
    address = f"{leeway.url}/api/v1/models/{name}/versions"
    answer = requests.post(address, data=model, headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text


@pytest.fixture(scope="module")
def served(leeway) -> Served:
    name, model = f"kinds-{uuid4().hex[:8]}", build_model(1.0)
    upload(leeway, name, model)
    leeway.post("endpoints", {"name": name, "captureShare": 1})
    leeway.post(f"endpoints/{name}/deployments", {"model": name, "version": 1, "reason": "client test"})
    leeway.await_serving(name)
    client = triton.InferenceServerClient(leeway.gateway.removeprefix("http://"))
    return Served(name, model, leeway.token, client, f"{leeway.gateway}/v2/models/{name}/infer")


def assert_equal(answer: triton.InferResult, expected: dict[str, np.ndarray]) -> None:
    np.testing.assert_allclose(answer.as_numpy("y"), expected["y"], atol=TOLERANCE, rtol=0)
    np.testing.assert_array_equal(answer.as_numpy("twice"), expected["twice"])
    words = [word.decode() if isinstance(word, bytes) else word for word in answer.as_numpy("same")]
    assert words == list(expected["same"])


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
@pytest.mark.parametrize("rows", [1, 7])
def test_tritonclient_gets_what_onnxruntime_says(served, binary, rows):
    feeds = feeds_of(rows)
    wanted = None if binary else [triton.InferRequestedOutput(name, binary_data=False) for name in ("y", "twice", "same")]
    answer = served.infer(feeds, binary, outputs=wanted, request_id="a request")
    assert_equal(answer, served.expected(feeds))
    response = answer.get_response()
    assert (response["id"], response["model_name"], response["model_version"]) == ("a request", served.name, "1")


def test_plain_http_gets_the_same_from_nested_json(served):
    feeds = feeds_of(3)
    body = {
        "id": "42",
        "inputs": [
            {"name": "x", "datatype": "FP32", "shape": [3, 4], "data": feeds["x"].tolist()},
            {"name": "n", "datatype": "INT64", "shape": [3], "data": feeds["n"].tolist()},
            {"name": "words", "datatype": "BYTES", "shape": [3], "data": feeds["words"].tolist()},
        ],
        "outputs": [{"name": "twice"}, {"name": "y"}],
    }
    answer = requests.post(served.address, json=body, headers=served.headers, timeout=30)
    assert answer.status_code == 200, answer.text
    assert answer.headers["leeway-request-id"] == "42"
    assert answer.headers["leeway-model-version"] == "1"
    assert answer.headers["leeway-provider"] == "cpu"
    twice, y = answer.json()["outputs"]
    expected = served.expected(feeds)
    assert twice["data"] == expected["twice"].tolist()
    np.testing.assert_allclose(np.reshape(y["data"], y["shape"]), expected["y"], atol=TOLERANCE, rtol=0)


def test_tritonclient_finds_its_way(served):
    client = served.client
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(served.name, headers=served.headers)
    assert client.is_model_ready(served.name, "1", headers=served.headers)
    assert not client.is_model_ready(served.name, "2", headers=served.headers)
    assert client.get_server_metadata()["name"] == "leeway"
    metadata = client.get_model_metadata(served.name, headers=served.headers)
    assert metadata["inputs"][0] == {"name": "x", "datatype": "FP32", "shape": [-1, 4]}
    assert metadata["versions"] == ["1"]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_tritonclient_compresses_both_ways(served, coding):
    feeds = feeds_of(300)
    answer = served.infer(feeds, request_compression_algorithm=coding, response_compression_algorithm=coding)
    assert_equal(answer, served.expected(feeds))


def test_tritonclient_gets_classes(served):
    feeds = feeds_of(2)
    answer = served.infer(feeds, outputs=[triton.InferRequestedOutput("y", class_count=2)])
    scores = served.expected(feeds)["y"]
    best = [[int(text.split(b":")[1]) for text in row] for row in answer.as_numpy("y")]
    assert best == np.argsort(-scores, axis=1)[:, :2].tolist()
    value = float(answer.as_numpy("y")[0][0].split(b":")[0])
    assert value == pytest.approx(scores[0].max(), abs=1e-5)


def test_tritonclient_sets_a_deadline_and_a_priority(served):
    assert_equal(served.infer(feeds_of(1), priority=1, timeout=30_000_000), served.expected(feeds_of(1)))
    with pytest.raises(InferenceServerException, match="Deadline exceeded") as late:
        served.infer(feeds_of(1), timeout=1)
    assert late.value.status() == "504"


def test_tritonclient_reads_config_and_statistics(served):
    config = served.client.get_model_config(served.name, headers=served.headers)
    assert (config["name"], config["max_batch_size"]) == (served.name, 32)
    assert [(one["name"], one["data_type"], one["dims"]) for one in config["input"]] == [
        ("x", "TYPE_FP32", [4]),
        ("n", "TYPE_INT64", []),
        ("words", "TYPE_STRING", []),
    ]

    def counted() -> tuple[int, int]:
        (stats,) = served.client.get_inference_statistics(served.name, headers=served.headers)["model_stats"]
        assert stats["version"] == "1"
        return stats["inference_count"], stats["inference_stats"]["queue"]["count"]

    rows, requests_ = counted()
    served.infer(feeds_of(5))
    assert counted() == (rows + 5, requests_ + 1)


def test_tritonclient_unloads_and_loads(served):
    def states() -> list[tuple[str, str]]:
        index = served.client.get_model_repository_index(headers=served.headers)
        return [(one["version"], one["state"]) for one in index if one["name"] == served.name]

    assert states() == [("1", "READY")]
    served.client.unload_model(served.name, headers=served.headers)
    assert states() == [("1", "UNAVAILABLE")]
    assert not served.client.is_model_ready(served.name, headers=served.headers)
    served.client.load_model(served.name, headers=served.headers)
    assert states() == [("1", "READY")]
    assert_equal(served.infer(feeds_of(1)), served.expected(feeds_of(1)))


def test_the_asyncio_client_gets_the_same(served):
    feeds = feeds_of(3)

    async def ask() -> list[triton_aio.InferResult]:
        async with triton_aio.InferenceServerClient(served.client_address) as client:
            assert await client.is_model_ready(served.name, headers=served.headers)
            tensors = tensors_of(feeds, True)
            several = [client.infer(served.name, tensors, headers=served.headers) for _ in range(4)]
            return await asyncio.gather(*several)

    for answer in asyncio.run(ask()):
        assert_equal(answer, served.expected(feeds))


def test_refusals_reach_tritonclient_in_words(served):
    with pytest.raises(InferenceServerException, match=r"input 'n' is missing"):
        served.infer({"x": feeds_of(1)["x"]})
    with pytest.raises(InferenceServerException, match=r"expected shape \[-1,4\], got \[1,5\]") as refused:
        served.infer(feeds_of(1) | {"x": np.zeros((1, 5), np.float32)})
    assert refused.value.status() == "400"
    with pytest.raises(InferenceServerException, match="Model 'nothing' does not exist"):
        served.client.infer("nothing", tensors_of(feeds_of(1), True), headers=served.headers)
    with pytest.raises(InferenceServerException, match="API token"):
        served.client.infer(served.name, tensors_of(feeds_of(1), True))


def test_a_prediction_is_logged_and_gets_the_label_that_comes_later(leeway, served):
    request_id = f"flight-{uuid4().hex}"
    served.infer(feeds_of(1), request_id=request_id)
    leeway.post(f"endpoints/{served.name}/labels", {"labels": [{"requestId": request_id, "label": "late"}]})
    deadline = time.monotonic() + 30
    while not (found := leeway.get(f"endpoints/{served.name}/predictions", requestId=request_id)["predictions"]):
        assert time.monotonic() < deadline, "The prediction was not logged within half a minute."
        time.sleep(0.5)
    assert [(one["status"], one["version"], one["label"]) for one in found] == [(200, 1, "late")]
    assert {tensor["name"] for tensor in found[0]["inputs"]} == {"x", "n", "words"}


def test_a_switch_under_load_fails_no_request(leeway, served):
    second = build_model(3.0)
    upload(leeway, served.name, second)
    body = {
        "inputs": [
            {"name": "x", "datatype": "FP32", "shape": [1, 4], "data": [1, 2, 3, 4]},
            {"name": "n", "datatype": "INT64", "shape": [1], "data": [1]},
            {"name": "words", "datatype": "BYTES", "shape": [1], "data": ["a"]},
        ]
    }
    seen: list[str] = []
    with requests.Session() as session:
        session.headers.update(served.headers)
        leeway.post(f"endpoints/{served.name}/deployments", {"model": served.name, "alias": "latest"})
        deadline = time.monotonic() + 30
        while "2" not in seen[-1:] and time.monotonic() < deadline:
            answer = session.post(served.address, json=body, timeout=30)
            assert answer.status_code == 200, answer.text
            seen.append(answer.headers["leeway-model-version"])
    assert seen[-1] == "2"
    assert seen == sorted(seen), "Once version 2 answers, version 1 does not any more."
