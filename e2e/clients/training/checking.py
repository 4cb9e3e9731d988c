"""Does an ONNX model do what Leeway asks of it? Runs it in ONNX Runtime."""

import json

import numpy as np
import onnx
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument

NEWEST_OPSET, NEWEST_IR = 21, 10


def session(model) -> onnxruntime.InferenceSession:
    """The model, ready to run on one CPU thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def probabilities(model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """The model's answer to all rows at once."""
    return session(model).run(["probabilities"], inputs)[0]


def answered(model, inputs: dict[str, np.ndarray]) -> np.ndarray:
    """Which rows the model answers, each by itself; on the others its run fails."""
    runtime = session(model)

    def answers(row: int) -> bool:
        try:
            runtime.run(None, {name: rows[row : row + 1] for name, rows in inputs.items()})
        except InvalidArgument:
            return False
        return True

    count = len(next(iter(inputs.values())))
    return np.array([answers(row) for row in range(count)])


def check(model, inputs: dict[str, np.ndarray], labels: np.ndarray) -> dict[str, float]:
    """Assert format, metadata and equal results alone and in batches; return accuracy and log loss."""
    assert all(entry.version <= NEWEST_OPSET for entry in model.opset_import), model.opset_import
    assert model.ir_version <= NEWEST_IR, model.ir_version
    onnx.checker.check_model(model)
    classes = json.loads({prop.key: prop.value for prop in model.metadata_props}["labels"])
    runtime = session(model)
    [output] = runtime.get_outputs()
    assert output.name == "probabilities" and output.shape == ["N", len(classes)], output
    answers = runtime.run(None, inputs)[0]
    assert answers.dtype == np.float32 and np.allclose(answers.sum(axis=1), 1, atol=1e-4)
    for size in (1, 7, 32):
        part = runtime.run(None, {name: rows[:size] for name, rows in inputs.items()})[0]
        assert part.shape == (size, len(classes))
        alone = [
            runtime.run(None, {name: rows[row : row + 1] for name, rows in inputs.items()})[0] for row in range(size)
        ]
        assert np.allclose(part, np.concatenate(alone), rtol=0, atol=1e-5), "a batch changes results"
    likely = np.clip(answers[np.arange(len(labels)), labels], 1e-7, 1)
    return {
        "test_accuracy": float((answers.argmax(axis=1) == labels).mean()),
        "test_loss": float(-np.log(likely).mean()),
    }
