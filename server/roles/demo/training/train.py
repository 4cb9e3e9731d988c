"""Train a small network on handwritten digits (8 by 8 pixels), in Python and its standard library alone.

It goes on from its newest checkpoint, to the same last bit as without a break: weights, their momentum and the state of the random numbers are saved.
"""

import csv
import json
import math
import os
import random
import sys
import time
import urllib.error
import urllib.request

DEFAULTS = {"steps": 600, "hidden": 64, "learning_rate": 0.001, "checkpoint_every": 20}
# Those of the template as well. A specification of its own goes past the template, and must not take all memory of this machine either.
MOST = {"steps": 5000, "hidden": 256, "learning_rate": 1, "checkpoint_every": 1000}
WRONG_USAGE = 64
MOMENTUM = 0.9
BATCH = 15


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


def read_rows(name):
    """Rows of a file beside this one: the digit, and its pixels from 0 to 1."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), encoding="utf-8") as file:
        return [(int(row[0]), [int(pixel) / 16 for pixel in row[1:]]) for row in csv.reader(file)]


def new_state(hidden, seed):
    """A network of one hidden layer, with small random weights. The last weight of each unit is its bias."""
    numbers = random.Random(seed)
    layer = lambda units, inputs: [[numbers.gauss(0, 1 / math.sqrt(inputs)) for _ in range(inputs + 1)] for _ in range(units)]
    weights = [layer(hidden, 64), layer(10, hidden)]
    speeds = [[[0.0] * len(unit) for unit in layer] for layer in weights]
    return {"step": 0, "weights": weights, "speeds": speeds, "random": numbers.getstate()}


def forward(weights, pixels):
    """What the hidden units and the ten digits get for a picture."""
    active = [max(0.0, sum(map(float.__mul__, unit, pixels)) + unit[-1]) for unit in weights[0]]
    scores = [sum(map(float.__mul__, unit, active)) + unit[-1] for unit in weights[1]]
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return active, [power / total for power in powers]


def learn(state, batch, rate):
    """One step down the gradient of the mean cross-entropy of a batch. Returns the sum of its losses."""
    weights, speeds = state["weights"], state["speeds"]
    slopes = [[[0.0] * len(unit) for unit in layer] for layer in weights]
    loss = 0.0
    for digit, pixels in batch:
        active, shares = forward(weights, pixels)
        loss -= math.log(max(shares[digit], 1e-12))
        errors = [share - (at == digit) for at, share in enumerate(shares)]
        back = [0.0] * len(active)
        for error, unit, slope in zip(errors, weights[1], slopes[1]):
            for at, value in enumerate(active):
                back[at] += error * unit[at]
                slope[at] += error * value
            slope[-1] += error
        for error, value, slope in zip(back, active, slopes[0]):
            if value > 0:
                for at, pixel in enumerate(pixels):
                    slope[at] += error * pixel
                slope[-1] += error
    for layer, moves, changes in zip(weights, speeds, slopes):
        for unit, move, change in zip(layer, moves, changes):
            for at, slope in enumerate(change):
                move[at] = MOMENTUM * move[at] - rate * slope / len(batch)
                unit[at] += move[at]
    return loss


def save(folder, state):
    """Write under another name first: what has its final name is complete. Only the newest three are kept here."""
    part = os.path.join(folder, "tmp-save")
    with open(part, "w", encoding="utf-8") as file:
        json.dump(state, file)
    os.replace(part, os.path.join(folder, "step-%08d.json" % state["step"]))
    for name in checkpoints(folder)[:-3]:
        os.remove(os.path.join(folder, name))


def checkpoints(folder):
    """Names of the checkpoints, the oldest first."""
    return sorted(name for name in os.listdir(folder) if name.startswith("step-"))


def restore(folder):
    """The newest checkpoint, or nothing. JSON keeps every bit of a number."""
    names = checkpoints(folder)
    if not names:
        return None
    with open(os.path.join(folder, names[-1]), encoding="utf-8") as file:
        state = json.load(file)
    version, internal, gauss = state["random"]
    return dict(state, random=(version, tuple(internal), gauss))


class Run:
    """The run of the job, by MLflow's REST API. What cannot be sent waits for the next time; without a job nothing is sent."""

    def __init__(self):
        self.address = os.environ.get("MLFLOW_TRACKING_URI", "").rstrip("/")
        self.token = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
        self.id = os.environ.get("MLFLOW_RUN_ID", "")
        self.waiting = []

    def call(self, path, body):
        """Whether a call was accepted."""
        if not self.id:
            return True
        request = urllib.request.Request(
            self.address + "/api/2.0/mlflow/" + path,
            json.dumps(dict(body, run_id=self.id)).encode(),
            {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                answer.read()
            return True
        except urllib.error.HTTPError as error:
            # Another attempt has taken its place, or it asks for what is wrong: trying again would give the same.
            if error.code != 429 and error.code < 500:
                raise
            return False
        except OSError:
            return False

    def begin(self, params):
        self.call("runs/update", {"status": "RUNNING"})
        self.call("runs/log-batch", {"params": [{"key": key, "value": str(value)} for key, value in params.items()]})

    def log(self, step, metrics):
        now = int(time.time() * 1000)
        self.waiting += [{"key": key, "value": value, "timestamp": now, "step": step} for key, value in metrics.items()]
        if self.call("runs/log-batch", {"metrics": self.waiting[:1000]}):
            self.waiting = self.waiting[1000:]


def main():
    """Train, and measure on digits that it does not learn from."""
    params, seed = parameters(), int(os.environ.get("LEEWAY_SEED", "0"))
    folder = os.environ.get("LEEWAY_CHECKPOINT_DIR", "checkpoints")
    os.makedirs(folder, exist_ok=True)
    train, test = read_rows("train.csv"), read_rows("test.csv")
    state = restore(folder)
    print("resuming after step %d" % state["step"] if state else "starting", flush=True)
    state = state or new_state(int(params["hidden"]), seed)
    numbers = random.Random()
    run = Run()
    run.begin(dict(params, seed=seed))
    while state["step"] < int(params["steps"]):
        began = time.monotonic()
        numbers.setstate(state["random"])
        rows = numbers.sample(train, len(train))
        state["random"] = numbers.getstate()
        read = time.monotonic()
        rate = float(params["learning_rate"])
        loss = sum(learn(state, rows[at : at + BATCH], rate) for at in range(0, len(rows), BATCH)) / len(rows)
        state["step"] += 1
        guesses = [max(range(10), key=forward(state["weights"], pixels)[1].__getitem__) for _, pixels in test]
        accuracy = sum(guess == digit for guess, (digit, _) in zip(guesses, test)) / len(test)
        times = {"step_seconds": time.monotonic() - began, "data_wait_seconds": read - began}
        run.log(state["step"], dict(times, train_loss=loss, accuracy=accuracy))
        print("step %d: loss %.4f, accuracy %.3f" % (state["step"], loss, accuracy), flush=True)
        if state["step"] % int(params["checkpoint_every"]) == 0:
            save(folder, state)


if __name__ == "__main__":
    main()
