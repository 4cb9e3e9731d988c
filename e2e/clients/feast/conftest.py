"""A folder with the two files that a user of Feast writes. LEEWAY_URL and LEEWAY_TOKEN say which Leeway, LEEWAY_FEAST_PORT its port for
definitions and training sets, LEEWAY_GATEWAY_URL where look-ups are."""

import importlib.util
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from feast import FeatureStore

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def project() -> str:
    """The slug of the token's workspace, as Feast allows it: without hyphens."""
    request = urllib.request.Request(
        f"{os.environ['LEEWAY_URL']}/api/v1/workspaces", headers={"Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        body = json.load(answer)
    workspaces = body["workspaces"]
    return next(workspace["slug"] for workspace in workspaces if workspace["isCurrent"]).replace("-", "_")


@pytest.fixture(scope="session")
def repository(tmp_path_factory, project) -> Path:
    """The YAML of the guide, and the definitions beside it."""
    port = os.environ["LEEWAY_FEAST_PORT"]
    folder = tmp_path_factory.mktemp("features")
    (folder / "definitions.py").write_text((HERE / "definitions.py").read_text())
    (folder / "feature_store.yaml").write_text(
        f"""project: {project}
provider: local
registry: {{registry_type: remote, path: "127.0.0.1:{port}"}}
online_store: {{type: remote, path: "{os.environ['LEEWAY_GATEWAY_URL']}/feast"}}
offline_store: {{type: remote, host: 127.0.0.1, port: {port}}}
auth: {{type: oidc, token_env_var: LEEWAY_TOKEN}}
entity_key_serialization_version: 3
"""
    )
    return folder


@pytest.fixture(scope="session")
def feast(repository):
    """Runs the `feast` command, as a user does."""

    def run(*arguments: str, fails: bool = False) -> str:
        program = Path(sys.executable).with_name("feast")
        done = subprocess.run(
            [str(program), "-c", str(repository), *arguments], capture_output=True, text=True, timeout=300
        )
        text = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, text
        return text

    return run


@pytest.fixture(scope="session")
def definitions(repository):
    """The module with the definitions."""
    spec = importlib.util.spec_from_file_location("definitions", repository / "definitions.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["definitions"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def store(repository, feast) -> FeatureStore:
    """The client, after `feast apply`."""
    feast("apply")
    return FeatureStore(repo_path=str(repository))
