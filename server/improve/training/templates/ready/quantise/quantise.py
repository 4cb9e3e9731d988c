"""Quantise `model.onnx`, which lies beside this file, to int8 by ONNX Runtime's own tool, and compare both.

Calibration rows are those of the dataset `calibration` of the job (CSV, one column a value, in the order of the model's only input; a column
`label` has the class), else scikit-learn's digits where the model takes them.
"""

import io
import json
import os
import time
import urllib.request
from pathlib import Path

import mlflow
import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

SOURCE = Path(__file__).with_name("model.onnx")
# Sizes of batches whose time is measured: what pays depends on them.
SIZES = [1, 8, 32, 128]
ROUNDS = 40
# Share of the time that must be saved for it to pay: less is within what machines vary by.
PAYS = 0.05
DEFAULTS = {"calibration_rows": 300, "per_channel": True, "reduce_range": True, "source": ""}


def parameters() -> dict:
    """Those of the job; the others as above."""
    path = os.environ.get("LEEWAY_PARAMS")
    if not path:
        return DEFAULTS
    with open(path, encoding="utf-8") as file:
        return {**DEFAULTS, **json.load(file)}


def read_rows(shape: list) -> tuple:
    """Rows of the input's shape, and their labels where they are known."""
    dataset = json.loads(os.environ.get("LEEWAY_DATASETS", "{}")).get("calibration")
    if dataset:
        headers = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"}
        with urllib.request.urlopen(urllib.request.Request(dataset["address"], headers=headers)) as answer:
            table = np.genfromtxt(io.BytesIO(answer.read()), delimiter=",", names=True)
        labels = table["label"].astype(int) if "label" in table.dtype.names else None
        values = np.stack([table[name] for name in table.dtype.names if name != "label"], axis=1)
        return values.astype(np.float32).reshape([-1, *shape]), labels
    if shape != [1, 8, 8]:
        raise SystemExit("Name a dataset `calibration`: a CSV file with rows as the model takes them.")
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(13).permutation(len(digits.target))
    return (digits.images[order][:, None] / 16).astype(np.float32), digits.target[order]


def split(rows: np.ndarray, fixed: int | None) -> list:
    """Batches; of the only size that the model takes, without the rows that do not fill the last one, where there is one."""
    size = fixed or 50
    count = len(rows) // fixed * fixed if fixed else len(rows)
    return [rows[start : start + size] for start in range(0, count, size)]


class Rows(CalibrationDataReader):
    """Feeds rows to the calibration, in batches."""

    def __init__(self, name: str, batches: list):
        """Keep the batches still to be read."""
        self.batches = iter([{name: batch} for batch in batches])

    def get_next(self):
        """The next batch, or nothing at the end."""
        return next(self.batches, None)


def session_of(path) -> onnxruntime.InferenceSession:
    """One thread, so that times can be compared."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def answers_of(session, name: str, batches: list) -> np.ndarray:
    """The first output for rows."""
    return np.concatenate([session.run(None, {name: batch})[0] for batch in batches])


def time_batches(sessions: list, name: str, rows: np.ndarray, sizes: list) -> dict:
    """Milliseconds by the size of the batch, for each session, in turns: of the fastest round, since what else runs only slows."""
    fastest = {}
    for size in sizes:
        batch = {name: rows[:size]}
        # A round takes some milliseconds: long for the clock, and short enough to be left alone at times.
        repeats = max(1, 256 // size)
        times = []
        for _ in range(ROUNDS):
            of_round = []
            for session in sessions:
                session.run(None, batch)
                began = time.perf_counter()
                for _ in range(repeats):
                    session.run(None, batch)
                of_round.append((time.perf_counter() - began) / repeats * 1000)
            times.append(of_round)
        fastest[size] = [float(value) for value in np.min(times, axis=0)]
    return fastest


def main() -> None:
    """Quantise, compare on rows that were not calibrated with, and log the model."""
    params = parameters()
    session = session_of(SOURCE)
    if len(session.get_inputs()) != 1:
        raise SystemExit("Only models with one input can be quantised by this template.")
    entry = session.get_inputs()[0]
    rows, labels = read_rows([int(size) for size in entry.shape[1:]])
    count = min(int(params["calibration_rows"]), len(rows) // 2)
    # A model may take one size of batch only.
    fixed = entry.shape[0] if isinstance(entry.shape[0], int) else None
    work = Path(os.environ.get("LEEWAY_CHECKPOINT_DIR", ".")).parent / "quantise"
    work.mkdir(parents=True, exist_ok=True)
    prepared, target = work / "prepared.onnx", work / "int8.onnx"
    quant_pre_process(str(SOURCE), str(prepared), skip_symbolic_shape=True)
    quantize_static(
        str(prepared),
        str(target),
        Rows(entry.name, split(rows[:count], fixed)),
        # Not Softmax: probabilities must add up to 1.
        op_types_to_quantize=["Conv", "Gemm", "MatMul", "Relu", "MaxPool", "Add"],
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=bool(params["per_channel"]),
        reduce_range=bool(params["reduce_range"]),
    )
    sessions = [session_of(SOURCE), session_of(target)]
    compared = rows[count:]
    before, after = (answers_of(one, entry.name, split(compared, fixed)) for one in sessions)
    labels = None if labels is None else labels[count:][: len(before)]
    sizes = [fixed] if fixed else [size for size in SIZES if size <= len(compared)]
    latency = time_batches(sessions, entry.name, compared, sizes)
    pays = [size for size, (old, new) in latency.items() if new < (1 - PAYS) * old]
    metrics = {
        "size_bytes_before": SOURCE.stat().st_size,
        "size_bytes": target.stat().st_size,
        "latency_ms_before": latency[sizes[0]][0],
        "latency_ms": latency[sizes[0]][1],
        "largest_difference": float(np.abs(after - before).max()),
    }
    if before.ndim == 2 and before.shape[1] > 1:
        metrics["agreement"] = float((after.argmax(axis=1) == before.argmax(axis=1)).mean())
        if labels is not None:
            metrics["accuracy_before"] = float((before.argmax(axis=1) == labels).mean())
            metrics["accuracy"] = float((after.argmax(axis=1) == labels).mean())
    with mlflow.start_run():
        faster = f"batches of {', '.join(map(str, pays))}" if pays else "no measured batch"
        mlflow.log_params({**params, "calibrated_with": count, "compared_on": len(before), "faster_for": faster})
        mlflow.log_metrics(metrics, step=1)
        # Curves over the size of the batch.
        for size, (old, new) in latency.items():
            mlflow.log_metrics({"batch_latency_ms_before": old, "batch_latency_ms": new}, step=size)
            print(f"batch of {size}: {old:.4f} ms before, {new:.4f} ms in int8 ({new / old - 1:+.0%})", flush=True)
        print(json.dumps(metrics, indent=2), flush=True)
        quantised = onnx.load(str(target))
        kept = {prop.key: prop.value for prop in onnx.load(str(SOURCE)).metadata_props}
        del quantised.metadata_props[:]
        for key, value in kept.items():
            quantised.metadata_props.add(key=key, value=value)
        mlflow.onnx.log_model(
            quantised,
            name="model",
            pip_requirements=["onnx", "onnxruntime"],
            save_as_external_data=False,
        )


if __name__ == "__main__":
    main()
