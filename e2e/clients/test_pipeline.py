"""The pipeline script of docs/roll-out.md, run as CI runs it."""

import os
import subprocess
from pathlib import Path
from uuid import uuid4

SCRIPT = Path(__file__).parent / "pipeline.sh"
MODELS = Path(__file__).parents[2] / "server/roles/demo/data"
DIGITS = MODELS / "digits/models/digits-v2.onnx"
FLIGHTS = MODELS / "flight-delay/models/flight-delay-v1.onnx"


def pipeline(leeway, *arguments) -> subprocess.CompletedProcess:
    """Run the script with nothing but the two settings that it asks for."""
    environment = {"PATH": os.environ["PATH"], "LEEWAY_URL": leeway.url, "LEEWAY_TOKEN": leeway.token}
    command = ["sh", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def with_policy(leeway, gates: list[dict]) -> str:
    """A model whose versions have to pass these gates."""
    name = f"pipeline-{uuid4().hex[:8]}"
    leeway.post("models", {"name": name})
    policy = {"protectedAliases": ["champion"], "gates": gates}
    leeway.call("PUT", f"models/{name}/policy", json={"policy": policy, "reason": "four eyes"})
    return name


def test_a_build_is_registered_checked_and_asked_for(leeway):
    name = with_policy(leeway, [{"kind": "signature"}])
    done = pipeline(leeway, name, DIGITS, "--promote", "champion", "--reason", "nightly build")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every gate has passed or is waived." in done.stdout
    (request,) = leeway.get("promotions", model=name)["promotions"]
    assert (request["version"], request["alias"], request["reason"]) == (1, "champion", "nightly build")
    assert request["state"] == "ready"
    assert f"#request-{request['id']}" in done.stdout


def test_a_gate_that_does_not_pass_stops_the_pipeline(leeway):
    name = with_policy(leeway, [{"kind": "signature"}])
    assert pipeline(leeway, name, DIGITS).returncode == 0
    leeway.call("PUT", f"models/{name}/aliases/champion", json={"version": 1, "reason": "first"})
    done = pipeline(leeway, name, FLIGHTS, "--promote", "champion")
    assert done.returncode == 1, done.stdout
    assert "A gate blocks this version" in done.stderr
    assert 'Input "image" was removed' in done.stdout
    assert leeway.get("promotions", model=name)["promotions"] == []


def test_a_file_that_is_no_model_stops_it_with_the_reason(leeway, tmp_path):
    file = tmp_path / "model.onnx"
    file.write_bytes(b"not a model")
    done = pipeline(leeway, f"pipeline-{uuid4().hex[:8]}", file)
    assert done.returncode == 1
    assert "Not an ONNX file" in done.stdout + done.stderr


def test_a_build_is_deployed(leeway):
    name = f"pipeline-{uuid4().hex[:8]}"
    leeway.post("endpoints", {"name": name})
    done = pipeline(leeway, name, DIGITS, "--deploy", name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The policy has no gates." in done.stdout
    leeway.await_serving(name)
