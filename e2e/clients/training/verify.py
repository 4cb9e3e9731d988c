"""Run the recorded ONNX models on the recorded samples: are they sound, and how accurate are they?

python verify.py ../../../server/roles/demo/data
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import onnx

from checking import answered, check


def digit_samples(folder: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The held-out images and their digits."""
    samples = json.loads((folder / "samples.json").read_text())
    labels, pixels = zip(*samples["rows"], strict=True)
    images = (np.array(pixels) / samples["divideBy"]).astype(np.float32)
    return {samples["input"]: images.reshape(-1, *samples["shape"])}, np.array(labels)


def flight_samples(folder: Path) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The later flights and whether each was delayed."""
    samples = json.loads(gzip.decompress((folder / "samples.json.gz").read_bytes()))
    columns = dict(zip(samples["columns"], zip(*samples["rows"], strict=True), strict=True))
    types = {"BYTES": object, "FP32": np.float32}
    inputs = {name: np.array(columns[name], dtype=types[kind])[:, None] for name, kind in samples["inputs"].items()}
    return inputs, np.array(columns["delayed"])


def main() -> None:
    """Print a line per model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the demo's data folder")
    folder = parser.parse_args().folder
    for name, read in {"digits": digit_samples, "flight-delay": flight_samples}.items():
        inputs, labels = read(folder / name)
        for file in sorted((folder / name / "models").glob("*.onnx")):
            model = onnx.load(file)
            rows = answered(model, inputs)
            found = check(model, {key: values[rows] for key, values in inputs.items()}, labels[rows])
            size = file.stat().st_size
            of = f"{rows.sum()} of {len(rows)} rows that it answers"
            print(f"{file.name}: accuracy {found['test_accuracy']:.4f} on {of}, {size:,} bytes")


if __name__ == "__main__":
    main()
