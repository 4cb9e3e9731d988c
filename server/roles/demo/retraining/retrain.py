"""Train a small network on labelled digits (8 by 8 pixels) and log it as ONNX, in Python and its standard library alone.

The rows are those of the job's dataset: columns digit, image (a JSON list of 64 pixels from 0 to 1).
"""

import array
import csv
import io
import json
import math
import os
import random
import sys
import time
import urllib.error
import urllib.request

DEFAULTS = {"epochs": 15, "hidden": 64, "learning_rate": 0.1}
# Those of the template as well: a specification of its own goes past it, and must not take this machine for hours either.
MOST = {"epochs": 100, "hidden": 256, "learning_rate": 1}
WRONG_USAGE = 64
MOMENTUM = 0.9
DECAY = 0.001
BATCH = 16
PIXELS = 64
DIGITS = 10
DATASET = "training"


def parameters():
    """Those of the job; the others as above. Ends the program where one is not above 0 and at most the one in MOST."""
    path = os.environ.get("LEEWAY_PARAMS")
    if not path:
        return DEFAULTS
    with open(path, encoding="utf-8") as file:
        chosen = dict(DEFAULTS, **json.load(file))
    for name, most in MOST.items():
        if not (isinstance(chosen[name], (int, float)) and 0 < chosen[name] <= most):
            print("%s must be a number above 0 and at most %s" % (name, most), file=sys.stderr, flush=True)
            sys.exit(WRONG_USAGE)
    return chosen


def read_rows():
    """Rows of the job's dataset, with its token; without a job, of the file that DATASET_FILE names."""
    given = json.loads(os.environ.get("LEEWAY_DATASETS", "{}")).get(DATASET)
    if given:
        headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
        with urllib.request.urlopen(urllib.request.Request(given["address"], headers=headers), timeout=60) as answer:
            text = answer.read().decode("utf-8")
    else:
        with open(os.environ["DATASET_FILE"], encoding="utf-8") as file:
            text = file.read()
    return [(int(row["digit"]), [float(pixel) for pixel in json.loads(row["image"])]) for row in csv.DictReader(io.StringIO(text))]


def new_layers(hidden, numbers):
    """A network of one hidden layer, with small random weights. The last weight of each unit is its bias."""
    layer = lambda units, inputs: [[numbers.gauss(0, 1 / math.sqrt(inputs)) for _ in range(inputs)] + [0.0] for _ in range(units)]
    return [layer(hidden, PIXELS), layer(DIGITS, hidden)]


def forward(layers, pixels):
    """What the hidden units and the ten digits get for a picture."""
    active = [max(0.0, sum(map(float.__mul__, unit, pixels)) + unit[-1]) for unit in layers[0]]
    scores = [sum(map(float.__mul__, unit, active)) + unit[-1] for unit in layers[1]]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return active, [power / total for power in powers]


def learn(layers, speeds, batch, rate):
    """One step down the gradient of the mean cross-entropy of a batch, and of the weights' size. Returns the sum of its losses."""
    slopes = [[[0.0] * len(unit) for unit in layer] for layer in layers]
    loss = 0.0
    for digit, pixels in batch:
        active, shares = forward(layers, pixels)
        loss -= math.log(max(shares[digit], 1e-12))
        errors = [share - (at == digit) for at, share in enumerate(shares)]
        back = [0.0] * len(active)
        for error, unit, slope in zip(errors, layers[1], slopes[1]):
            for at, value in enumerate(active):
                if value > 0:
                    back[at] += error * unit[at]
                    slope[at] += error * value
            slope[-1] += error
        inked = [(at, pixel) for at, pixel in enumerate(pixels) if pixel > 0]
        for error, value, slope in zip(back, active, slopes[0]):
            if value > 0:
                for at, pixel in inked:
                    slope[at] += error * pixel
                slope[-1] += error
    step, shrink = rate / len(batch), rate * DECAY
    for layer, moves, changes in zip(layers, speeds, slopes):
        for unit, move, change in zip(layer, moves, changes):
            move[:] = [MOMENTUM * speed - step * slope - shrink * weight for speed, slope, weight in zip(move, change, unit)]
            unit[:] = map(float.__add__, unit, move)
    return loss


# A writer of the few messages of ONNX that this network needs, in the wire format of protocol buffers. Numbers are those of onnx.proto.

FLOAT, INT = 1, 2


def varint(number):
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def number(field, value):
    return varint(field << 3) + varint(value)


def message(field, content):
    """A message, a text or bytes within another message."""
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def tensor(name, shape, values):
    """A TensorProto of floats."""
    floats = array.array("f", values)
    if sys.byteorder == "big":
        floats.byteswap()
    return b"".join(number(1, size) for size in shape) + number(2, FLOAT) + message(8, name) + message(9, floats.tobytes())


def node(kind, inputs, output, **attributes):
    """A NodeProto whose attributes are whole numbers."""
    wired = b"".join(message(1, each) for each in inputs) + message(2, output) + message(3, output) + message(4, kind)
    return wired + b"".join(message(5, message(1, key) + number(3, value) + number(20, INT)) for key, value in attributes.items())


def side(name, sizes):
    """A ValueInfoProto of floats; a size that is a text is any number of rows."""
    shape = b"".join(message(1, message(2, size) if isinstance(size, str) else number(1, size)) for size in sizes)
    return message(1, name) + message(2, message(1, number(1, FLOAT) + message(2, shape)))


def as_onnx(layers):
    """The network from `image` [N,1,8,8] to `probabilities` [N,10]: opset 17, IR version 8, as the demo's other models."""
    weights, nodes, last = b"", message(1, node("Flatten", ["image"], "pixels", axis=1)), "pixels"
    for at, layer in enumerate(layers):
        names = ["weight_%d" % at, "bias_%d" % at]
        flat = [value for unit in layer for value in unit[:-1]]
        weights += message(5, tensor(names[0], [len(layer), len(layer[0]) - 1], flat))
        weights += message(5, tensor(names[1], [len(layer)], [unit[-1] for unit in layer]))
        nodes += message(1, node("Gemm", [last] + names, "dense_%d" % at, transB=1))
        last = "dense_%d" % at
        if at < len(layers) - 1:
            nodes += message(1, node("Relu", [last], "active_%d" % at))
            last = "active_%d" % at
    nodes += message(1, node("Softmax", [last], "probabilities", axis=1))
    sides = message(11, side("image", ["N", 1, 8, 8])) + message(12, side("probabilities", ["N", DIGITS]))
    metadata = {
        "labels": [str(digit) for digit in range(DIGITS)],
        "inputs": {"image": {"shape": [1, 8, 8], "min": 0, "max": 1, "description": "White digit on black, 8 by 8 pixels"}},
    }
    entries = b"".join(message(14, message(1, key) + message(2, json.dumps(value))) for key, value in metadata.items())
    graph = nodes + message(2, "digits") + weights + sides
    return number(1, 8) + message(2, "leeway-demo") + message(7, graph) + message(8, number(2, 17)) + entries


class Run:
    """The run of the job, by MLflow's REST API. Without a job nothing is sent."""

    def __init__(self):
        self.address = os.environ.get("MLFLOW_TRACKING_URI", "").rstrip("/")
        self.token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
        self.id = os.environ.get("MLFLOW_RUN_ID", "")
        self.experiment = os.environ.get("MLFLOW_EXPERIMENT_ID", "")

    def call(self, path, body, method="POST"):
        """Sends JSON or bytes, five times at most, and returns the answer."""
        is_file = isinstance(body, bytes)
        headers = {"Authorization": "Bearer " + self.token}
        headers["Content-Type"] = "application/octet-stream" if is_file else "application/json"
        data = body if is_file else json.dumps(body).encode()
        for attempt in range(5):
            try:
                request = urllib.request.Request(self.address + "/api/2.0/" + path, data, headers, method=method)
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.loads(answer.read() or b"{}")
            except urllib.error.HTTPError as error:
                if error.code != 429 and error.code < 500 or attempt == 4:
                    raise
            except OSError:
                if attempt == 4:
                    raise
            time.sleep(2**attempt)

    def begin(self, params):
        if not self.id:
            return
        self.call("mlflow/runs/update", {"run_id": self.id, "status": "RUNNING"})
        pairs = [{"key": key, "value": str(value)} for key, value in params.items()]
        self.call("mlflow/runs/log-batch", {"run_id": self.id, "params": pairs})

    def log(self, step, metrics):
        if not self.id:
            return
        now = int(time.time() * 1000)
        points = [{"key": key, "value": value, "timestamp": now, "step": step} for key, value in metrics.items()]
        self.call("mlflow/runs/log-batch", {"run_id": self.id, "metrics": points})

    def log_model(self, content):
        """Leeway registers the newest model of a finished job as a version."""
        if not self.id:
            return
        body = {"experiment_id": self.experiment, "name": "model", "source_run_id": self.id}
        info = self.call("mlflow/logged-models", body)["model"]["info"]
        path = "mlflow-artifacts/artifacts/" + info["artifact_uri"].replace("mlflow-artifacts:/", "").strip("/")
        self.call(path + "/model.onnx", content, "PUT")
        self.call("mlflow/logged-models/" + info["model_id"], {"status": "LOGGED_MODEL_READY"}, "PATCH")


def main():
    """Train on all rows but one in twenty, measure on these, and log the network."""
    params, numbers = parameters(), random.Random(int(os.environ.get("LEEWAY_SEED", "0")))
    rows = read_rows()
    numbers.shuffle(rows)
    test, train = rows[: len(rows) // 20], rows[len(rows) // 20 :]
    layers = new_layers(int(params["hidden"]), numbers)
    speeds = [[[0.0] * len(unit) for unit in layer] for layer in layers]
    run = Run()
    run.begin(dict(params, rows=len(rows)))
    epochs = int(params["epochs"])
    for epoch in range(1, epochs + 1):
        began, loss = time.monotonic(), 0.0
        numbers.shuffle(train)
        for at in range(0, len(train), BATCH):
            # Falls to nothing, so that the network does not depend on which rows came last.
            left = 1 - (epoch - 1 + at / len(train)) / epochs
            loss += learn(layers, speeds, train[at : at + BATCH], left * float(params["learning_rate"])) / len(train)
        right = sum(max(range(DIGITS), key=forward(layers, pixels)[1].__getitem__) == digit for digit, pixels in test)
        accuracy = right / max(1, len(test))
        run.log(epoch, {"train_loss": loss, "accuracy": accuracy, "step_seconds": time.monotonic() - began})
        print("epoch %d: loss %.4f, accuracy %.3f" % (epoch, loss, accuracy), flush=True)
    content = as_onnx(layers)
    run.log_model(content)
    if os.environ.get("MODEL_FILE"):
        with open(os.environ["MODEL_FILE"], "wb") as file:
            file.write(content)
    print("logged a model of %d bytes" % len(content), flush=True)


if __name__ == "__main__":
    main()
