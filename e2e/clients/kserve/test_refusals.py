"""What KServe's client says when Leeway refuses: its users read Leeway's own words."""

import time

import httpx
import numpy as np
import pytest
from kserve import InferRequest
from serving import GATEWAY, Served, call, input_of, refused, rest

# Products of a run of a few seconds.
LONG = 300


def request_of(slow: Served, times: int = 1, binary: bool = True, **options) -> InferRequest:
    """Asks the slow model for as many products."""
    tensor = input_of("times", "INT64", np.array([times]), binary)
    return InferRequest(model_name=slow.name, infer_inputs=[tensor], **options)


def test_readiness_of_what_is_not_there_is_false(slow):
    assert slow.is_ready() is True
    assert slow.is_ready(f"{slow.name}/versions/2") is False
    assert slow.is_ready("nothing") is False
    # The client has no other word for a request without a token.
    assert slow.is_ready(headers={}) is False


def test_what_does_not_fit_the_model_is_400_in_words(slow):
    def infer(name: str, kind: str, value: np.ndarray, binary: bool = True) -> None:
        slow.infer(InferRequest(model_name=slow.name, infer_inputs=[input_of(name, kind, value, binary)]))

    with refused(400, "input 'times' is missing|no input 'other'"):
        infer("other", "INT64", np.array([1]))
    with refused(400, "expected datatype INT64, got FP32"):
        infer("times", "FP32", np.array([1], np.float32))
    with refused(400, r"expected shape \[1\], got \[2\]") as error:
        infer("times", "INT64", np.array([1, 2]))
    assert list(error.value.response.json()) == ["error"]
    assert error.value.response.headers["content-type"] == "application/json"
    with refused(400, "send those above 2\\^53 as decimal strings or binary data"):
        infer("times", "INT64", np.array([2**53 + 1]), binary=False)


def test_no_token_is_401_and_no_model_404(slow):
    with refused(401, "Send an API token"):
        slow.infer(request_of(slow), headers={})
    with refused(401, "Unknown token"):
        slow.infer(request_of(slow), headers={"Authorization": "Bearer lw_unknown"})
    with refused(404, "Model 'nothing' does not exist"):
        slow.infer(request_of(slow), model_name="nothing")
    with refused(404, "Version 2 of .* is not being served; available: 1"):
        slow.infer(request_of(slow), model_name=f"{slow.name}/versions/2")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        # The client adds /v2 itself.
        ("/v2", "Not found"),
        ("/serving", "Not found. Inference endpoints are below /v2"),
        ("/w/nothing", 'Workspace "nothing" does not exist'),
    ],
)
def test_a_wrong_base_url_is_404_in_words(slow, path, words):
    with refused(404, words):
        slow.infer(request_of(slow), url=f"{GATEWAY}{path}")


def test_the_first_version_of_the_protocol_is_404_in_words(slow):
    with refused(404, "Inference endpoints are below /v2"):
        call(lambda client: client.infer(GATEWAY, {"instances": [1]}, slow.name, slow.headers), protocol="v1")


def test_a_deadline_of_the_request_is_504(slow):
    with refused(504, r"Deadline exceeded: no response within the remaining \d+ ms"):
        slow.infer(request_of(slow, LONG, parameters={"timeout": 50_000}))


@pytest.mark.parametrize("where", ["call", "configuration"])
def test_a_client_that_waits_no_longer_leaves_the_gateway_whole(slow, where):
    options, config = ({"timeout": 0.2}, {}) if where == "call" else ({}, {"timeout": 0.2})
    with pytest.raises(httpx.ReadTimeout):
        call(lambda client: client.infer(GATEWAY, request_of(slow, LONG), slow.name, slow.headers, **options), **config)
    assert slow.infer(request_of(slow)).outputs[0].as_numpy() == 512


def test_a_limit_of_the_endpoint_is_429_and_says_when_to_ask_again(slow):
    limits = {"requestsPerSecond": 0.01, "burst": 1}
    rest("PUT", f"endpoints/{slow.name}/protection", json=limits)
    try:
        deadline = time.monotonic() + 30
        with refused(429, "Rate limit exceeded") as error:
            # The gateway hears of the limit soon; its first request is let in.
            while time.monotonic() < deadline:
                slow.infer(request_of(slow))
        assert int(error.value.response.headers["retry-after"]) >= 1
    finally:
        rest("PUT", f"endpoints/{slow.name}/protection", json={})
