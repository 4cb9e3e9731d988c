"""A digits network in int8. Static, because dynamic scales would make a row's result depend on its batch."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static


class Images(CalibrationDataReader):
    """Feeds images to the calibration, in batches of 50."""

    def __init__(self, images: np.ndarray):
        """Keep the batches still to be read."""
        self.batches = iter([images[start : start + 50] for start in range(0, len(images), 50)])

    def get_next(self) -> dict | None:
        """The next batch, or nothing at the end."""
        batch = next(self.batches, None)
        return None if batch is None else {"image": batch}


def quantise(model, calibration: np.ndarray):
    """The same network with 7-bit weights in int8 (exact on every processor) and 8-bit activations."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "float32.onnx", Path(folder) / "int8.onnx"
        onnx.save(model, source)  # a model given in memory would lose its weights to the quantiser
        quantize_static(
            source,
            target,
            Images(calibration),
            op_types_to_quantize=["Conv", "Relu", "MaxPool", "Gemm"],  # not Softmax: probabilities must add up to 1
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
        )
        return onnx.load(target)
