"""Models behind a running Leeway, asked by KServe's client."""

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest
from kserve import InferenceRESTClient, InferInput, InferRequest, InferResponse, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

TOKEN = os.environ["LEEWAY_TOKEN"]
GATEWAY = os.environ["LEEWAY_GATEWAY_URL"]


def call(function: Callable[[InferenceRESTClient], Coroutine], **config) -> Any:
    """Run one call on a client of its own, which is asynchronous."""

    async def run() -> Any:
        async with InferenceRESTClient(RESTConfig(**{"protocol": "v2"} | config)) as client:
            return await function(client)

    return asyncio.run(run())


@dataclass(frozen=True)
class Served:
    """An endpoint that serves version 1 of the model of the same name."""

    name: str
    url: str = GATEWAY

    @property
    def headers(self) -> dict[str, str]:
        """A new one each time: the client adds to what it is given."""
        return {"Authorization": f"Bearer {TOKEN}"}

    def infer(self, request: InferRequest | dict, url: str = GATEWAY, **options) -> InferResponse:
        """Ask with a new client, with the token unless other headers are given."""
        options = {"model_name": self.name, "headers": self.headers} | options
        return call(lambda client: client.infer(url, request, **options))

    def is_ready(self, name: str | None = None, headers: dict[str, str] | None = None) -> bool:
        """Whether the client finds the model ready, with the token unless other headers are given."""
        headers = self.headers if headers is None else headers
        return call(lambda client: client.is_model_ready(self.url, name or self.name, headers=headers))


def input_of(name: str, kind: str, value: np.ndarray, binary: bool) -> InferInput:
    """A tensor as the client makes it from numpy's."""
    tensor = InferInput(name, list(value.shape), kind)
    tensor.set_data_from_numpy(value, binary_data=binary)
    return tensor


def output_of(name: str, binary: bool) -> RequestedOutput:
    """An output, in the form that is wanted."""
    return RequestedOutput(name, {"binary_data": binary})


def rest(method: str, path: str, **options) -> httpx.Response:
    """Ask Leeway's REST interface; a refusal fails the test with its text."""
    headers = {"Authorization": f"Bearer {TOKEN}"} | options.pop("headers", {})
    answer = httpx.request(method, f"{os.environ['LEEWAY_URL']}/api/v1/{path}", headers=headers, timeout=60, **options)
    assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer


def serve(prefix: str, model: bytes) -> Served:
    """Upload the file as version 1 of a new model and put it behind an endpoint, until the client finds it ready."""
    served = Served(f"{prefix}-{uuid4().hex[:8]}")
    binary = {"Content-Type": "application/octet-stream"}
    rest("POST", f"models/{served.name}/versions", content=model, headers=binary)
    rest("POST", "endpoints", json={"name": served.name})
    rest("POST", f"endpoints/{served.name}/deployments", json={"model": served.name, "version": 1})
    deadline = time.monotonic() + 60
    while not served.is_ready():
        assert time.monotonic() < deadline, f"The endpoint {served.name} did not serve within a minute."
        time.sleep(0.2)
    return served


def refused(status: int, words: str):
    """Expects the client to raise the error of this status, with words of Leeway's."""
    return pytest.raises(httpx.HTTPStatusError, match=f"{words}.*'{status} ")
