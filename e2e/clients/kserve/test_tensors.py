"""KServe's InferenceRESTClient, unmodified, gets back what it sent, in every datatype and form."""

import numpy as np
import pytest
from kinds import EMPTY, EXTREME, SMALL, assert_same, outputs_of, request_of
from models import KINDS
from serving import output_of, refused


@pytest.mark.parametrize("binary_out", [True, False], ids=["to binary", "to json"])
@pytest.mark.parametrize(
    ("binary_in", "values"),
    [(True, SMALL), (False, SMALL), (True, EXTREME), (True, EMPTY), (False, EMPTY)],
    ids=["from binary", "from json", "extreme values from binary", "nothing from binary", "nothing from json"],
)
def test_every_datatype_comes_back(served, binary_in, values, binary_out):
    answer = served.infer(request_of(served, values, binary_in, request_outputs=outputs_of(binary_out)))
    assert [output.name for output in answer.outputs] == [f"out_{kind}" for kind in KINDS]
    assert_same(answer, values)


def test_all_outputs_are_binary_when_the_request_says_so(served):
    headers: dict[str, str] = {}
    request = request_of(served, EXTREME, True, parameters={"binary_data_output": True, "shift": "night", "n": 3})
    answer = served.infer(request, response_headers=headers)
    assert len(answer.outputs) == len(KINDS)
    assert_same(answer, EXTREME)
    assert headers["content-type"] == "application/octet-stream"
    assert int(headers["inference-header-content-length"]) > 0


def test_forms_are_mixed_and_the_order_is_that_of_the_request(served):
    request = request_of(served, SMALL, True)
    for kind in ("INT64", "BYTES", "BOOL"):
        request.get_input_by_name(f"in_{kind}").set_data_from_numpy(SMALL[kind], binary_data=False)
    request.request_outputs = [output_of("out_FP16", True), output_of("out_INT64", False), output_of("out_BOOL", True)]
    answer = served.infer(request)
    assert [output.name for output in answer.outputs] == ["out_FP16", "out_INT64", "out_BOOL"]
    assert_same(answer, SMALL)


def test_a_large_answer_is_compressed_for_the_client(served):
    headers: dict[str, str] = {}
    values = {kind: np.repeat(value, 500, axis=0) for kind, value in SMALL.items()}
    request = request_of(served, values, True, request_outputs=outputs_of(True))
    assert_same(served.infer(request, response_headers=headers), values)
    assert headers["content-encoding"] in ("gzip", "deflate")


def test_half_precision_needs_an_output_that_asks_for_binary(served):
    with refused(400, "'out_FP16'.*request binary data"):
        served.infer(request_of(served, SMALL, True))
