"""What KServe's client says of a request besides its tensors: id, version, address, token."""

from uuid import UUID

import httpx
import pytest
from kinds import SMALL, assert_same, outputs_of, request_of
from serving import GATEWAY, TOKEN, call, output_of


# An id of a request that was logged before would come back in the body only.
@pytest.mark.parametrize(("binary", "number"), [(True, 7), (False, 8)])
def test_the_answer_names_request_model_and_version(served, binary, number):
    headers: dict[str, str] = {}
    outputs = [output_of("out_BOOL", binary)]
    answer = served.infer(
        request_of(served, SMALL, True, request_id=f"flight {number}é", request_outputs=outputs), response_headers=headers
    )
    assert (answer.id, answer.model_name) == (f"flight {number}é", served.name)
    # Its parser leaves model_version out of what it makes (InferResponse.from_bytes), whatever the server says.
    assert answer.model_version is None
    assert headers["leeway-model-version"] == "1"
    assert headers["leeway-request-id"] == f"flight%20{number}%C3%A9"


def test_the_body_has_the_version_that_the_client_leaves_out(served):
    request = request_of(served, SMALL, True, request_id="42", request_outputs=[output_of("out_BOOL", False)])
    body = served.infer(request, url=f"{GATEWAY}/v2/models/{served.name}/infer", is_graph_endpoint=True)
    assert (body["id"], body["model_name"], body["model_version"]) == ("42", served.name, "1")


def test_the_client_makes_an_id_where_there_is_none(served):
    answer = served.infer(request_of(served, SMALL, True, request_outputs=[output_of("out_BOOL", True)]))
    assert UUID(answer.id)


def test_a_plain_dictionary_is_sent_as_json(slow):
    tensor = {"name": "times", "datatype": "INT64", "shape": [1], "data": [1]}
    [output] = slow.infer({"inputs": [tensor]}).outputs
    assert (output.name, output.shape, output.as_numpy()) == ("sum", [], 512)


@pytest.mark.parametrize("path", ["", "/", "/w/default", "/w/default/"])
def test_base_urls_with_and_without_the_workspace(served, path):
    base = f"{GATEWAY}{path}"
    assert call(lambda client: client.is_server_live(base)) is True
    assert call(lambda client: client.is_server_ready(base)) is True
    assert call(lambda client: client.is_model_ready(base, served.name, headers=served.headers)) is True
    assert_same(served.infer(request_of(served, SMALL, True, request_outputs=outputs_of(True)), url=base), SMALL)


def test_a_version_is_chosen_in_the_name(served):
    request = request_of(served, SMALL, True, request_outputs=outputs_of(True))
    assert_same(served.infer(request, model_name=f"{served.name}/versions/1"), SMALL)


def test_the_token_may_be_in_the_configuration(served):
    def bearer(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Bearer {TOKEN}"
        return request

    # Its own number of retries reaches no connection: only a transport of the caller's retries.
    config = {"auth": bearer, "retries": 5, "timeout": 30, "transport": httpx.AsyncHTTPTransport(retries=2)}
    request = request_of(served, SMALL, True, request_outputs=outputs_of(True))
    assert_same(call(lambda client: client.infer(GATEWAY, request, model_name=served.name), **config), SMALL)
