"""Pictures in, labels out: a version with a pipeline, asked by tritonclient with its defaults."""

import json
import struct
import zlib
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import requests
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

DIGITS = Path(__file__).parents[2] / "server/roles/demo/data/digits"
SAMPLES = json.loads((DIGITS / "samples.json").read_text())["rows"]


def png(pixels: np.ndarray) -> bytes:
    """A grey PNG of 8 bits per pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def grey(row: list) -> np.ndarray:
    """The pixels of a sample, 0 to 16, as bytes."""
    return np.round(np.array(row[1], np.float64).reshape(8, 8) / 16 * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def served(leeway) -> str:
    name = f"pictures-{uuid4().hex[:8]}"
    headers = {"Authorization": f"Bearer {leeway.token}", "Content-Type": "application/octet-stream"}
    answer = requests.post(
        f"{leeway.url}/api/v1/models/{name}/versions",
        params={"pipeline": (DIGITS / "pipeline.json").read_text()},
        data=(DIGITS / "models/digits-v2.onnx").read_bytes(),
        headers=headers,
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    leeway.post("endpoints", {"name": name, "captureShare": 1})
    leeway.post(f"endpoints/{name}/deployments", {"model": name, "version": 1, "reason": "client test"})
    leeway.await_serving(name)
    return name


@pytest.fixture(scope="module")
def client(leeway) -> triton.InferenceServerClient:
    return triton.InferenceServerClient(leeway.gateway.removeprefix("http://"))


def ask(client, leeway, name: str, files: list[bytes], outputs: list[str] | None = None) -> triton.InferResult:
    picture = triton.InferInput("picture", [len(files)], "BYTES")
    picture.set_data_from_numpy(np.array(files, dtype=np.object_))
    wanted = outputs and [triton.InferRequestedOutput(output) for output in outputs]
    return client.infer(name, [picture], outputs=wanted, headers={"Authorization": f"Bearer {leeway.token}"})


def test_tritonclient_sends_files_as_bytes_and_gets_labels(client, leeway, served):
    rows = SAMPLES[:50]
    answer = ask(client, leeway, served, [png(grey(row)) for row in rows])
    labels = [label.decode() for label in answer.as_numpy("digit")]
    right = sum(label == str(row[0]) for label, row in zip(labels, rows, strict=True))
    assert right >= 48
    assert answer.as_numpy("three_best").shape == (50, 3)
    assert answer.as_numpy("three_shares").dtype == np.float32
    assert answer.get_response()["parameters"]["pipeline_digest"]


def test_a_file_gives_the_very_numbers_of_its_hand_made_tensor(client, leeway, served):
    pixels = grey(SAMPLES[0])
    by_file = ask(client, leeway, served, [png(pixels)], ["probabilities"]).as_numpy("probabilities")
    tensor = triton.InferInput("image", [1, 1, 8, 8], "FP32")
    tensor.set_data_from_numpy((pixels / np.float32(255)).reshape(1, 1, 8, 8))
    by_tensor = client.infer(served, [tensor], headers={"Authorization": f"Bearer {leeway.token}"})
    np.testing.assert_array_equal(by_file, by_tensor.as_numpy("probabilities"))


def test_metadata_tell_both_ways_to_ask(client, leeway, served):
    metadata = client.get_model_metadata(served, headers={"Authorization": f"Bearer {leeway.token}"})
    assert [tensor["name"] for tensor in metadata["inputs"]] == ["image"]
    assert metadata["pipeline"]["inputs"] == [{"name": "picture", "datatype": "BYTES", "shape": [-1]}]
    assert metadata["properties"]["pipeline_digest"] == metadata["pipeline"]["digest"]


def test_what_is_no_picture_is_refused_by_its_place(client, leeway, served):
    with pytest.raises(InferenceServerException, match="input 'picture', file 1: expected a PNG, JPEG or WebP file"):
        ask(client, leeway, served, [png(grey(SAMPLES[0])), b"hello"])
