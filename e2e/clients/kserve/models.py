"""Models that are made for the tests of KServe's client."""

import numpy as np
from onnx import GraphProto, TensorProto, helper, numpy_helper

KINDS = {
    "BOOL": TensorProto.BOOL,
    "UINT8": TensorProto.UINT8,
    "UINT16": TensorProto.UINT16,
    "UINT32": TensorProto.UINT32,
    "UINT64": TensorProto.UINT64,
    "INT8": TensorProto.INT8,
    "INT16": TensorProto.INT16,
    "INT32": TensorProto.INT32,
    "INT64": TensorProto.INT64,
    "FP16": TensorProto.FLOAT16,
    "FP32": TensorProto.FLOAT,
    "FP64": TensorProto.DOUBLE,
    "BYTES": TensorProto.STRING,
}


def tensors(side: str) -> list:
    """One tensor of each kind, of shape [N, 2]."""
    return [helper.make_tensor_value_info(f"{side}_{kind}", number, ["N", 2]) for kind, number in KINDS.items()]


def identity_model() -> bytes:
    """out_KIND = in_KIND, for every datatype of the protocol."""
    nodes = [helper.make_node("Identity", [f"in_{kind}"], [f"out_{kind}"]) for kind in KINDS]
    return _file(helper.make_graph(nodes, "kinds", tensors("in"), tensors("out")))


def slow_model() -> bytes:
    """Multiplies a matrix of 512 x 512 by itself `times` times: one product takes some milliseconds."""
    square = helper.make_tensor_value_info("square", TensorProto.FLOAT, [512, 512])
    body = helper.make_graph(
        [helper.make_node("MatMul", ["before", "W"], ["after"]), helper.make_node("Identity", ["go"], ["on"])],
        "product",
        [
            helper.make_tensor_value_info("turn", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("before", TensorProto.FLOAT, [512, 512]),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", TensorProto.FLOAT, [512, 512]),
        ],
    )
    nodes = [
        helper.make_node("Loop", ["times", "", "W"], ["square"], body=body),
        helper.make_node("ReduceSum", ["square"], ["sum"], keepdims=0),
    ]
    times = helper.make_tensor_value_info("times", TensorProto.INT64, [1])
    total = helper.make_tensor_value_info("sum", TensorProto.FLOAT, [])
    weights = numpy_helper.from_array(np.eye(512, dtype=np.float32), "W")
    return _file(helper.make_graph(nodes, "slow", [times], [total], [weights], value_info=[square]))


def _file(graph: GraphProto) -> bytes:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 16)], ir_version=8).SerializeToString()
