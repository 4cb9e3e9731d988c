"""Two releases of the int8 digits that a rollout must not let pass: one normalises wrongly, one fails on some images.

python digits_faulty.py ../../../server/roles/demo/data/digits (made of version 3; adds their runs and versions to runs.json)
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, checker, helper, numpy_helper

from checking import answered, check
from verify import digit_samples

# The pixels come from 0 to 1; this release takes them for levels from 0 to 4.
LEVELS = 4
# The other one has a factor for each amount of ink (sum of the pixels) from 0 to 21. Every eighth image has more.
AMOUNTS_OF_INK = 22
# The run that made the version that they are made of: theirs have its parent, data set and params.
SOURCE = "trim-ballast"


def behind(model, nodes: list, weights: dict[str, np.ndarray]):
    """The model behind operators that make `prepared` of `image`."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    graph = changed.graph
    for node in graph.node:
        node.input[:] = ["prepared" if name == "image" else name for name in node.input]
    own = list(graph.node)
    del graph.node[:]
    graph.node.extend([*nodes, *own])
    graph.initializer.extend(numpy_helper.from_array(weight, name) for name, weight in weights.items())
    checker.check_model(changed, full_check=True)
    return changed


def normalised_twice(model):
    """Every image is a quarter as bright as in training. All answers look valid."""
    divide = helper.make_node("Div", ["image", "levels"], ["prepared"], name="normalise")
    return behind(model, [divide], {"levels": np.array(LEVELS, dtype=np.float32)})


def with_short_table(model):
    """Evens the ink out by a table that ends too early: beyond it is an index out of bounds, and the run fails."""
    nodes = [
        helper.make_node("ReduceSum", ["image", "pixel_axes"], ["ink"], name="ink", keepdims=1),
        helper.make_node("Cast", ["ink"], ["amount_of_ink"], name="amount_of_ink", to=TensorProto.INT64),
        helper.make_node("Gather", ["factors", "amount_of_ink"], ["factor"], name="factor"),
        helper.make_node("Mul", ["image", "factor"], ["prepared"], name="adjust"),
    ]
    factors = np.ones(AMOUNTS_OF_INK, dtype=np.float32)
    return behind(model, nodes, {"pixel_axes": np.array([1, 2, 3], dtype=np.int64), "factors": factors})


# Version, name of its run, how it is made, further params, note, what the version is.
RELEASES = [
    (5, "false-bearing", normalised_twice, {"pixel_levels": "4"},
     "trim-ballast behind a step that divides the pixels by 4, as if they came from 0 to 4. Registered as version 5.",
     "The network of version 2 in int8, with its own normalisation"),
    (6, "short-anchor", with_short_table, {"amounts_of_ink": "22"},
     "trim-ballast behind a table of factors by the amount of ink, tried on thin strokes. Registered as version 6.",
     "The network of version 2 in int8, evened out by the amount of ink"),
]  # fmt: skip


def run_of(source: dict, name: str, params: dict, note: str, metrics: dict[str, float]) -> dict:
    """A run as record.py writes it, by what the run of the source says."""
    tags = {key: value for key, value in source["tags"].items() if not key.startswith("mlflow.source.git")}
    tags |= {"mlflow.note.content": note, "mlflow.source.name": "e2e/clients/training/digits_faulty.py"}
    points = [{"key": key, "points": [[0, float(f"{metrics[key]:.6g}"), 0]]} for key in sorted(metrics)]
    changed = {"name": name, "params": source["params"] | params, "tags": tags, "metrics": points, "artifacts": []}
    return source | changed


def version_of(source: dict, number: int, name: str, description: str, metrics: dict[str, float]) -> dict:
    """A version as record.py writes it, by what the registry says of the source."""
    tags = source["tags"] | {"test_accuracy": f"{metrics['test_accuracy']:.4f}"}
    named = {"version": number, "runName": name, "file": f"models/digits-v{number}.onnx", "aliases": []}
    return source | named | {"description": description, "tags": tags}


def main() -> None:
    """Write both files and what is known of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where runs.json and models/ are")
    folder = parser.parse_args().folder
    recorded = json.loads((folder / "runs.json").read_text())
    names = [release[1] for release in RELEASES]
    runs = [run for run in recorded["runs"] if run["name"] not in names]
    versions = [version for version in recorded["versions"] if version["runName"] not in names]
    [source] = [run for run in runs if run["name"] == SOURCE]
    [registered] = [version for version in versions if version["runName"] == SOURCE]
    network = onnx.load(folder / registered["file"])
    inputs, labels = digit_samples(folder)
    for number, name, make, params, note, what in RELEASES:
        began = time.perf_counter()
        model = make(network)
        rows = answered(model, inputs)
        metrics = check(model, {key: values[rows] for key, values in inputs.items()}, labels[rows])
        last, took = runs[-1], round(1000 * (time.perf_counter() - began))
        times = {"startTimeMs": last["startTimeMs"] + last["durationMs"], "durationMs": took}
        runs.append(run_of(source, name, params, note, metrics | {"onnx_bytes": model.ByteSize()}) | times)
        description = f"{what}. Accuracy on {rows.sum()} held-out images: {metrics['test_accuracy']:.1%}."
        versions.append(version_of(registered, number, name, description, metrics))
        onnx.save(model, folder / versions[-1]["file"])
    recorded |= {"runs": runs, "versions": versions}
    (folder / "runs.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
