"""A version on a device: its bundle downloaded, checked by the program that it brings, and run without Leeway."""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from uuid import uuid4

import numpy as np
import onnxruntime
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from PIL import Image

DIGITS = Path(__file__).parents[2] / "server/roles/demo/data/digits"


@pytest.fixture(scope="module")
def served(leeway) -> str:
    """A model with a pipeline, and the endpoint of its name."""
    name = f"bundles-{uuid4().hex[:8]}"
    leeway.call(
        "POST",
        f"models/{name}/versions",
        params={"pipeline": (DIGITS / "pipeline.json").read_text()},
        data=(DIGITS / "models/digits-v2.onnx").read_bytes(),
        headers={"Content-Type": "application/octet-stream"},
    )
    leeway.post("endpoints", {"name": name})
    leeway.post(f"endpoints/{name}/deployments", {"model": name, "version": 1, "reason": "client test"})
    leeway.await_serving(name)
    return name


@pytest.fixture(scope="module")
def device(leeway, served, tmp_path_factory) -> Path:
    """A folder with the bundle, the program that checks it, and the key of this Leeway."""
    folder = tmp_path_factory.mktemp("device")
    answer = leeway.call("GET", f"models/{served}/versions/1/bundle")
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    assert f"{served}-v1.leeway.zip" in answer.headers["content-disposition"]
    (folder / "bundle.zip").write_bytes(answer.content)
    (folder / "key.pem").write_bytes(leeway.download("bundle-key.pem"))
    with zipfile.ZipFile(folder / "bundle.zip") as bundle:
        bundle.extract("verify.py", folder)
        bundle.extractall(folder / "unpacked")
    return folder


def verify(device: Path, bundle="bundle.zip", *options: str) -> tuple[int, str]:
    """Exit status and words of the program."""
    command = [sys.executable, "verify.py", str(bundle), *options]
    done = subprocess.run(command, cwd=device, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def rewritten(device: Path, name: str, change) -> Path:
    """The bundle with the content of one file changed, in a zip that is whole."""
    path = device / f"{uuid4().hex}.zip"
    with zipfile.ZipFile(device / "bundle.zip") as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry == name else content)
    return path


def flipped(content: bytes) -> bytes:
    """One bit in the middle is another."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_the_program_in_the_bundle_checks_files_seal_and_sample(device):
    status, words = verify(device, "bundle.zip", "--key", "key.pem")
    assert status == 0, words
    assert "have the SHA-256 that the manifest says" in words
    assert "sealed by the key" in words and "in the bundle itself" not in words
    assert "the sample gives the same answer here" in words
    assert verify(device, "unpacked", "--key", "key.pem")[0] == 0


def test_without_a_key_it_says_what_to_compare(leeway, device):
    status, words = verify(device)
    fingerprint = leeway.get("bundle-key")["fingerprint"]
    assert status == 0, words
    assert f"sealed by the key {fingerprint}, which is in the bundle itself" in words
    assert verify(device, "bundle.zip", "--fingerprint", fingerprint)[0] == 0
    status, words = verify(device, "bundle.zip", "--fingerprint", "0" * 64)
    assert (status, "it is sealed by the key" in words) == (1, True)


def test_the_key_of_another_leeway_is_told_from_this_one(device):
    other = Ed25519PrivateKey.generate().public_key()
    (device / "other.pem").write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    status, words = verify(device, "bundle.zip", "--key", "other.pem")
    assert (status, "it is sealed by the key" in words, "and the given one is" in words) == (1, True, True), words


def test_signatures_by_trusted_keys_come_along_and_are_checked(leeway, device):
    name, key = f"bundles-{uuid4().hex[:8]}", Ed25519PrivateKey.generate()
    model = (DIGITS / "models/digits-v1.onnx").read_bytes()
    signature = key.sign(hashlib.sha256(model).hexdigest().encode())
    leeway.call(
        "POST",
        f"models/{name}/versions",
        params={"signature": base64.b64encode(signature).decode()},
        data=model,
        headers={"Content-Type": "application/octet-stream"},
    )
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    leeway.post("trusted-keys", {"name": name, "publicKey": public})
    (device / "signed.zip").write_bytes(leeway.download(f"models/{name}/versions/1/bundle"))
    status, words = verify(device, "signed.zip", "--key", "key.pem")
    assert (status, f"; signed by {name}" in words) == (0, True), words


def test_without_the_packages_it_says_what_was_not_checked(device):
    command = [sys.executable, "-S", "-E", "verify.py", "bundle.zip"]
    done = subprocess.run(command, cwd=device, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "only hashes were checked, not the seal" in done.stdout
    assert "the sample was not run" in done.stdout


@pytest.mark.parametrize("name", ["model.onnx", "pipeline.json", "sample/response.json", "verify.py", "seal-key.pem"])
def test_a_changed_byte_in_any_file_fails_and_names_it(device, name):
    status, words = verify(device, rewritten(device, name, flipped))
    assert status == 1, words
    assert f"{name} was changed or damaged: its SHA-256 is" in words


def test_a_changed_byte_of_the_zip_itself_fails(device):
    content = bytearray((device / "bundle.zip").read_bytes())
    with zipfile.ZipFile(device / "bundle.zip") as bundle:
        content[bundle.getinfo("model.onnx").header_offset + 200] ^= 1
    (device / "broken.zip").write_bytes(content)
    status, words = verify(device, "broken.zip")
    assert (status, "model.onnx was changed or damaged: Bad CRC-32" in words) == (1, True), words
    (device / "cut.zip").write_bytes(content[: len(content) // 2])
    status, words = verify(device, "cut.zip")
    assert (status, "is no whole zip" in words) == (1, True), words


def test_a_manifest_that_was_made_to_fit_fails_by_its_seal(device):
    other = (DIGITS / "models/digits-v1.onnx").read_bytes()

    def lies(content: bytes) -> bytes:
        manifest = json.loads(content)
        (model,) = [file for file in manifest["files"] if file["path"] == "model.onnx"]
        model.update(sizeBytes=len(other), sha256=hashlib.sha256(other).hexdigest())
        return json.dumps(manifest).encode()

    with zipfile.ZipFile(rewritten(device, "manifest.json", lies)) as bundle:
        bundle.extractall(device / "lies")
    (device / "lies/model.onnx").write_bytes(other)
    status, words = verify(device, "lies", "--key", "key.pem")
    assert (status, "the manifest was changed after it was sealed" in words) == (1, True), words


def test_files_that_nobody_sealed_and_files_that_are_gone_fail(device):
    more = device / "more"
    shutil.copytree(device / "unpacked", more)
    (more / "run.sh").write_text("rm -rf /")
    status, words = verify(device, "more")
    assert (status, "run.sh is in there, and the manifest does not list it" in words) == (1, True), words
    (more / "run.sh").unlink()
    (more / "signature.json").unlink()
    status, words = verify(device, "more")
    assert (status, "signature.json is missing" in words) == (1, True), words


def test_the_model_gives_on_the_device_what_the_gateway_gives(leeway, device, served):
    with zipfile.ZipFile(device / "bundle.zip") as bundle:
        session = onnxruntime.InferenceSession(bundle.read("model.onnx"))
        names = ("manifest", "sample/raw-request", "sample/request", "sample/final-response")
        manifest, raw, request, final = (json.loads(bundle.read(f"{name}.json")) for name in names)
    (image,) = request["inputs"]
    (own,) = session.run(None, {image["name"]: np.array(image["data"], np.float32).reshape(image["shape"])})
    headers = {"Authorization": f"Bearer {leeway.token}"}
    body = raw | {"outputs": [{"name": name} for name in ("probabilities", "digit", "three_best", "three_shares")]}
    answer = requests.post(f"{leeway.gateway}/v2/models/{served}/infer", json=body, headers=headers, timeout=60)
    assert answer.ok, answer.text
    served_outputs = {output["name"]: output for output in answer.json()["outputs"]}
    allowed = manifest["sample"]["tolerances"]["probabilities"]
    np.testing.assert_allclose(
        own.ravel(), served_outputs["probabilities"]["data"], rtol=allowed["relative"], atol=allowed["absolute"]
    )
    assert [served_outputs[output["name"]] for output in final["outputs"]] == final["outputs"]


def test_the_steps_before_the_model_can_be_made_again_from_their_words(device):
    with zipfile.ZipFile(device / "bundle.zip") as bundle:
        raw = json.loads(bundle.read("sample/raw-request.json"))
        (image,) = json.loads(bundle.read("sample/request.json"))["inputs"]
        (part,) = json.loads(bundle.read("pipeline.json"))["pipeline"]["before"]
    assert [step["step"] for step in part["steps"]] == ["decode", "colour", "resize", "scale", "layout", "dtype"]
    grey = Image.open(io.BytesIO(base64.b64decode(raw["inputs"][0]["data"][0]))).convert("L")
    # contain: 320 x 256 into 8 x 8 is 8 x 6, with a border above and below.
    small = np.asarray(grey.resize((8, 6), Image.Resampling.BOX))
    framed = np.zeros((8, 8), np.uint8)
    framed[1:7] = small
    mine = framed.astype(np.float64) * part["steps"][3]["factor"]
    np.testing.assert_array_equal(np.array(image["data"], np.float32), mine.astype(np.float32).ravel())
