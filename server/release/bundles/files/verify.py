#!/usr/bin/env python3
"""Check a bundle of Leeway: every file, the seal, and the model's answer to the sample.

    python3 verify.py BUNDLE [--key KEY.pem] [--fingerprint HEX]

BUNDLE is the zip, or the folder that it was unpacked to. The files are checked by Python alone; the seal with the package
cryptography, the sample with onnxruntime and numpy, where they are installed. The exit status is 0 when all that could be
checked is right, 1 when something is wrong, 2 when the call is.
"""

import argparse
import base64
import hashlib
import json
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

MANIFEST, SEAL = "manifest.json", "manifest.sig"


class Wrong(Exception):
    """Something about the bundle is not as it should be."""


class Folder:
    """A bundle that was unpacked."""

    def __init__(self, path: Path):
        self.path = path

    def names(self):
        return [file.relative_to(self.path).as_posix() for file in self.path.rglob("*") if file.is_file()]

    def open(self, name):
        return (self.path / name).open("rb")


class Zip:
    """A bundle as it was downloaded."""

    def __init__(self, path: Path):
        try:
            self.zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            raise Wrong(f"{path} is no whole zip: {error}. Download it again.") from error

    def names(self):
        return self.zip.namelist()

    def open(self, name):
        return self.zip.open(name)


def content(bundle, name):
    """All bytes of a small file."""
    try:
        with bundle.open(name) as file:
            return file.read()
    except (KeyError, OSError) as error:
        raise Wrong(f"{name} is missing.") from error
    except zipfile.BadZipFile as error:
        raise Wrong(f"{name} was changed or damaged: {error}.") from error


def check_files(bundle, manifest):
    """Every file is there, is listed, and is the one that was sealed."""
    listed = {file["path"]: file for file in manifest["files"]}
    names = bundle.names()
    for name in names:
        if names.count(name) > 1:
            raise Wrong(f"{name} is in there twice.")
        if name not in listed and name not in (MANIFEST, SEAL):
            raise Wrong(f"{name} is in there, and the manifest does not list it.")
    for path, file in listed.items():
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
            raise Wrong(f"{path} leads out of the bundle.")
        digest, size = hashlib.sha256(), 0
        try:
            with bundle.open(path) as stream:
                while chunk := stream.read(1 << 20):
                    digest.update(chunk)
                    size += len(chunk)
        except (KeyError, OSError) as error:
            raise Wrong(f"{path} is missing.") from error
        except zipfile.BadZipFile as error:
            raise Wrong(f"{path} was changed or damaged: {error}.") from error
        if size != file["sizeBytes"] or digest.hexdigest() != file["sha256"]:
            raise Wrong(f"{path} was changed or damaged: its SHA-256 is {digest.hexdigest()}, not {file['sha256']}.")
    return f"{len(listed)} files have the SHA-256 that the manifest says"


def check_seal(bundle, manifest, pem, fingerprint):
    """The manifest is the one that the key sealed, and the key the one that is expected."""
    given = pem is not None
    pem = pem or content(bundle, "seal-key.pem")
    lines = [line for line in pem.decode("ascii", "replace").splitlines() if "-----" not in line]
    own = hashlib.sha256(base64.b64decode("".join(lines))).hexdigest()
    wanted = manifest["seal"]["keyFingerprint"]
    if fingerprint and fingerprint.lower() != wanted:
        raise Wrong(f"it is sealed by the key {wanted}, not by {fingerprint}.")
    if own != wanted:
        raise Wrong(f"it is sealed by the key {wanted}, and {'the given one' if given else 'seal-key.pem'} is {own}.")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        return None, "only hashes were checked, not the seal: pip install cryptography"
    try:
        load_pem_public_key(pem).verify(content(bundle, SEAL), content(bundle, MANIFEST))
    except InvalidSignature as error:
        raise Wrong("the manifest was changed after it was sealed.") from error
    words = f"sealed by the key {wanted}"
    if not given and not fingerprint:
        words += ", which is in the bundle itself: compare it with that of your Leeway, or give --key"
    if "version-signatures.json" not in bundle.names():
        return True, words
    signed = json.loads(content(bundle, "version-signatures.json"))
    for each in signed["signatures"]:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(each["publicKey"]))
        try:
            key.verify(base64.b64decode(each["signature"]), manifest["sha256"].encode("ascii"))
        except InvalidSignature as error:
            raise Wrong(f"the signature by {each['keyName']} is not one of this version.") from error
        words += f"; signed by {each['keyName']}"
    return True, words


def elements(np, tensor):
    """A tensor of the protocol's JSON as an array."""
    kinds = {"BOOL": "bool", "BYTES": "object", "FP16": "float16", "FP32": "float32", "FP64": "float64"}
    kind = kinds.get(tensor["datatype"], tensor["datatype"].lower())
    # NaN, infinities and whole numbers beyond 2^53 are texts, since not every JSON has them.
    convert = {"object": str, "bool": bool}.get(kind, float if kind.startswith("float") else int)
    return np.array([convert(value) for value in tensor["data"]], dtype=kind).reshape(tensor["shape"])


def run_sample(bundle, manifest):
    """The model gives here what it gave when it was sealed."""
    sample = manifest["sample"]
    if sample is None:
        return None, f"there is no sample: {manifest['sampleProblem']}"
    try:
        import numpy as np
        import onnxruntime
    except ImportError:
        return None, "the sample was not run: pip install onnxruntime"
    with tempfile.TemporaryDirectory() as folder:
        for file in manifest["files"]:
            if file["role"] in ("model", "weights"):
                target = Path(folder, file["path"])
                target.parent.mkdir(parents=True, exist_ok=True)
                with bundle.open(file["path"]) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
        inputs = json.loads(content(bundle, sample["request"]))["inputs"]
        expected = json.loads(content(bundle, sample["response"]))["outputs"]
        feed = {tensor["name"]: elements(np, tensor) for tensor in inputs}
        try:
            session = onnxruntime.InferenceSession(str(Path(folder, "model.onnx")), providers=["CPUExecutionProvider"])
            answers = session.run([tensor["name"] for tensor in expected], feed)
        except Exception as error:  # Its errors have no class of their own.
            raise Wrong(f"the model does not run with onnxruntime {onnxruntime.__version__}: {error}") from error
    farthest = 0.0
    for tensor, got in zip(expected, answers):
        name, want = tensor["name"], elements(np, tensor)
        allowed = sample["tolerances"].get(name)
        if got.shape != want.shape:
            raise Wrong(f"the output {name} has the shape {got.shape} here, and had {want.shape} when it was sealed.")
        if allowed is None:
            if not np.array_equal(got.astype(want.dtype), want):
                raise Wrong(f"the output {name} is another one here than when it was sealed.")
            continue
        far = float(np.max(np.abs(got.astype(float) - want.astype(float)), initial=0.0))
        farthest = max(farthest, far)
        if not np.allclose(got, want, rtol=allowed["relative"], atol=allowed["absolute"], equal_nan=True):
            raise Wrong(f"the output {name} is off by up to {far:.3g} here, which is more than the manifest allows.")
    return True, f"the sample gives the same answer here (off by at most {farthest:.3g})"


def main():
    """Check step by step: a model that may be somebody else's is not run."""
    parser = argparse.ArgumentParser(description="Check a bundle of Leeway.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", type=Path, help="PEM of the public key of your Leeway: GET /api/v1/bundle-key.pem")
    parser.add_argument("--fingerprint", help="SHA-256 of that key, where only this is at hand")
    asked = parser.parse_args()
    try:
        bundle = Folder(asked.bundle) if asked.bundle.is_dir() else Zip(asked.bundle)
        manifest = json.loads(content(bundle, MANIFEST))
        if manifest.get("format") != "leeway-bundle" or manifest.get("formatVersion") != 1:
            raise Wrong("the manifest is not one that this program knows. Use the verify.py of a bundle of that kind.")
        print(f"{manifest['model']} version {manifest['version']}")
        say(True, check_files(bundle, manifest))
        say(*check_seal(bundle, manifest, asked.key and asked.key.read_bytes(), asked.fingerprint))
        say(*run_sample(bundle, manifest))
    except (Wrong, ValueError) as error:
        print("FAIL ", error)
        return 1
    except OSError as error:
        parser.error(str(error))
    return 0


def say(is_checked, words):
    """One line for one step."""
    print("ok   " if is_checked else "skip ", words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
