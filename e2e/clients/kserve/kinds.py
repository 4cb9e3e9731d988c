"""Values of every datatype, and the requests that send them."""

import numpy as np
from kserve import InferRequest, InferResponse
from kserve.protocol.infer_type import RequestedOutput
from models import KINDS
from serving import Served, input_of, output_of

SMALL = {
    "BOOL": np.array([[True, False], [False, False]]),
    "FP16": np.array([[1, -2], [0.5, 0]], np.float16),
    "FP32": np.array([[0.1, -2], [3.4e38, 0]], np.float32),
    "FP64": np.array([[0.1, -2], [1e300, 0]], np.float64),
    "BYTES": np.array([["", "é"], ["日本", "a b"]], np.object_),
    # Exact in JSON: up to 2^53.
    "INT64": np.array([[1 - 2**53, 2**53 - 1], [0, 1]], np.int64),
    "UINT64": np.array([[0, 2**53 - 1], [0, 1]], np.uint64),
} | {
    kind: np.array([[np.iinfo(kind.lower()).min, np.iinfo(kind.lower()).max], [0, 1]], kind.lower())
    for kind in ("UINT8", "UINT16", "UINT32", "INT8", "INT16", "INT32")
}
EXTREME = SMALL | {
    "INT64": np.array([[-(2**63), 2**63 - 1], [2**53 + 1, 0]], np.int64),
    "UINT64": np.array([[2**64 - 1, 2**53 + 1], [0, 1]], np.uint64),
    "FP32": np.array([[np.nan, np.inf], [-np.inf, 0]], np.float32),
    "FP64": np.array([[np.nan, np.inf], [-np.inf, 0]], np.float64),
}
EMPTY = {kind: value[:0] for kind, value in SMALL.items()}


def request_of(served: Served, values: dict[str, np.ndarray], binary: bool, **options) -> InferRequest:
    """All inputs; half precision always in binary, as the client demands."""
    tensors = [input_of(f"in_{kind}", kind, values[kind], binary or kind == "FP16") for kind in KINDS]
    return InferRequest(model_name=served.name, infer_inputs=tensors, **options)


def outputs_of(binary: bool) -> list[RequestedOutput]:
    """All outputs; half precision always in binary: JSON cannot hold it."""
    return [output_of(f"out_{kind}", binary or kind == "FP16") for kind in KINDS]


def assert_same(answer: InferResponse, values: dict[str, np.ndarray]) -> None:
    """The outputs are exactly what the inputs of their datatypes were."""
    for output in answer.outputs:
        kind = output.name.removeprefix("out_")
        expected, found = values[kind], output.as_numpy()
        assert (output.datatype, found.dtype, found.shape) == (kind, expected.dtype, expected.shape)
        np.testing.assert_array_equal(found, expected, err_msg=kind)
