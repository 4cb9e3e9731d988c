"""The runs of the digits experiment, as a table."""

DEFAULTS = {
    "momentum": 0.9,
    "weight_decay": 0.0,
    "dropout": 0.0,
    "channels": 16,
    "activation": "relu",
    "schedule": "constant",
}


def planned(name: str, architecture: str, learning_rate: float, batch_size: int, seed: int, note: str, **options):
    """One row of the plan, with defaults filled in."""
    chosen = {"learning_rate": learning_rate, "batch_size": batch_size, "seed": seed, "epochs": 30}
    return {"name": name, "note": note, "params": {"architecture": architecture, **chosen, **DEFAULTS, **options}}


# Name, architecture, learning rate, batch size, seed, note.
PLAN = [
    planned("first-light", "softmax", 0.01, 32, 1, "First baseline: softmax regression on the raw pixels."),
    planned("dead-slow", "softmax", 0.0003, 128, 1, "Learning rate far too small: still learning when it ends."),
    planned("slow-tide", "softmax", 0.003, 64, 2, "Smaller steps, smaller batches than the next one."),
    planned("calm-sound", "softmax", 0.1, 64, 1, "Ten times the first learning rate. Registered as version 1."),
    planned("even-keel", "softmax", 0.1, 64, 1, "calm-sound with cosine decay and a little weight decay: no better.",
            schedule="cosine", weight_decay=1e-4),
    planned("broad-beam", "softmax", 0.3, 256, 3, "Large batches with large steps."),
    planned("fair-wind", "cnn", 0.01, 32, 1, "First convolutional network."),
    planned("quiet-fathom", "cnn", 0.01, 32, 1, "Half the channels.", channels=8),
    planned("long-reach", "cnn", 0.03, 64, 1, "Larger steps with cosine decay.", schedule="cosine"),
    planned("hard-alee", "cnn", 0.3, 64, 1, "Ten times larger steps: the loss jumps about.", dropout=0.2),
    planned("rogue-wave", "cnn", 0.01, 64, 1, "Learning-rate range test: a quarter more every epoch, until it breaks.",
            schedule="range-test", activation="leaky_relu"),
    planned("grey-sextant", "cnn", 0.03, 64, 2, "Dropout, seed 2.", schedule="cosine", dropout=0.3),
    planned("second-mate", "cnn", 0.03, 64, 3, "Dropout, seed 3.", schedule="cosine", dropout=0.3),
    planned("true-north", "cnn", 0.03, 32, 1, "Smaller batches, dropout and weight decay. Registered as version 2.",
            schedule="cosine", dropout=0.3, weight_decay=1e-4),
    planned("night-watch", "cnn", 0.003, 16, 4, "Small steps and small batches."),
]  # fmt: skip

LINEAR, NETWORK = "calm-sound", "true-north"
# Created from the network: run, largest pixel of the calibration images, aliases, note, what the version is.
QUANTISED = [
    ("trim-ballast", 1, ("challenger",),
     "true-north in int8. Registered as version 3.",
     "The network of version 2 in int8"),
    ("loose-rigging", 100, (),
     "true-north in int8, by mistake calibrated on pixels from 0 to 100 instead of 0 to 1. Registered as version 4.",
     "The network of version 2 in int8, calibrated anew"),
]  # fmt: skip
QUICK = (LINEAR, NETWORK)


def runs(quick: bool) -> list[dict]:
    """All planned runs, or with `quick` the two that are registered, for two epochs."""
    if not quick:
        return PLAN
    return [{**row, "params": {**row["params"], "epochs": 2}} for row in PLAN if row["name"] in QUICK]
