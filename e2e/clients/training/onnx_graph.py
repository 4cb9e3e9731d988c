"""A chain of layers from `image` [N,1,8,8] to `probabilities` [N,10] as an ONNX model.

Written by hand rather than exported: torch's exporter needs a further package and leaves file paths in the model.
"""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 17
IR_VERSION = 8


class Graph:
    """Layers are added in order; each one reads what the one before it wrote."""

    def __init__(self):
        """Start at the input."""
        self.nodes, self.weights, self.last = [], [], "image"

    def node(self, kind: str, *weights: np.ndarray, output: str | None = None, **attributes) -> None:
        """Add one operator with its learned arrays."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        names = [f"{name}_weight_{place}" for place in range(len(weights))]
        for key, weight in zip(names, weights, strict=True):
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(weight, dtype=np.float32), key))
        target = output or name
        self.nodes.append(helper.make_node(kind, [self.last, *names], [target], name=name, **attributes))
        self.last = target

    def convolution(self, weight: np.ndarray, bias: np.ndarray) -> None:
        """A 3 by 3 convolution that keeps the image's size."""
        self.node("Conv", weight, bias, kernel_shape=[3, 3], pads=[1, 1, 1, 1])

    def dense(self, weight: np.ndarray, bias: np.ndarray) -> None:
        """A fully connected layer; `weight` is [inputs, outputs]."""
        self.node("Gemm", weight, bias)

    def finish(self):
        """Close with softmax and check the model."""
        self.node("Softmax", axis=1, output="probabilities")
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])
        probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 10])
        graph = helper.make_graph(self.nodes, "digits", [image], [probabilities], self.weights)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="leeway-demo")
        checker.check_model(model, full_check=True)
        return model
