"""What the client tests share: the address of a running Leeway, and its REST interface.

LEEWAY_URL and LEEWAY_TOKEN say which Leeway; LEEWAY_GATEWAY_URL where inference is.
"""

import os
import time
from dataclasses import dataclass
from uuid import uuid4

import mlflow
import pytest
import requests
from mlflow import MlflowClient
from mlflow.exceptions import RestException


@dataclass(frozen=True)
class Leeway:
    """A running Leeway, seen over HTTP."""

    url: str
    token: str
    gateway: str

    def call(self, method: str, path: str, **options) -> requests.Response:
        """Ask the REST interface; a refusal fails the test with its text."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        answer = requests.request(method, f"{self.url}/api/v1/{path}", headers=headers, timeout=60, **options)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path: str, **query) -> dict:
        """Read something as JSON."""
        return self.call("GET", path, params=query).json()

    def post(self, path: str, body: dict) -> dict:
        """Send JSON; an answer without a body is {}."""
        answer = self.call("POST", path, json=body)
        return answer.json() if answer.content else {}

    def download(self, path: str) -> bytes:
        """Read a file."""
        return self.call("GET", path).content

    def mlflow(self, method: str, path: str, **options) -> requests.Response:
        """Ask the MLflow interface without its client, refusals included."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return requests.request(method, f"{self.url}{path}", headers=headers, timeout=60, **options)

    def await_serving(self, name: str, seconds: float = 60) -> None:
        """Wait until the gateway says that the endpoint is ready."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = requests.get(
                f"{self.gateway}/v2/models/{name}/ready",
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=10,
            )
            if answer.ok:
                return
            time.sleep(0.2)
        raise AssertionError(f"The endpoint {name} did not serve within {seconds:.0f} s.")


@pytest.fixture(scope="session")
def leeway() -> Leeway:
    """The Leeway of this test run."""
    return Leeway(
        url=os.environ["LEEWAY_URL"],
        token=os.environ.get("LEEWAY_TOKEN", ""),
        gateway=os.environ.get("LEEWAY_GATEWAY_URL", ""),
    )


@pytest.fixture(scope="session", autouse=True)
def _as_a_user_sets_it(leeway):
    """The two lines that a Python user exports; set for child processes too. Failures show at once instead of after minutes."""
    os.environ["MLFLOW_TRACKING_URI"] = leeway.url
    os.environ["MLFLOW_TRACKING_TOKEN"] = leeway.token
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["GIT_PYTHON_REFRESH"] = "quiet"


@pytest.fixture
def client() -> MlflowClient:
    """MLflow's client as a user makes it; the address and token are in the environment."""
    return MlflowClient()


@pytest.fixture
def experiment() -> str:
    """Id of a new experiment, set as the current one."""
    return mlflow.set_experiment(f"tracking-{uuid4().hex[:8]}").experiment_id


def refused(code: str):
    """Expects a refusal with this code of MLflow's."""
    return pytest.raises(RestException, match=f"^{code}: ")
