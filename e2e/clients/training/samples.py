"""Write the rows that the demo's traffic is made of: what the models never saw, and what they learned from.

python samples.py ../../../server/roles/demo/data
"""

import argparse
import gzip
import json
from pathlib import Path

import pandas as pd

import digits_data
import flight_data

PER_MONTH = 500
WINTER = 2_500
REFERENCE = 15_000


def digit_rows(split: digits_data.Split, count: int | None = None) -> list[list]:
    """The digit and its pixels, whole numbers to 16, of the first images."""
    pixels = (split.images[:count].reshape(-1, 64) * digits_data.WHITE).round().astype(int)
    return [[int(label), line] for label, line in zip(split.labels, pixels.tolist(), strict=False)]


def digits() -> dict:
    """The 500 held-out images, and 300 of the training images as a reference."""
    data = digits_data.load()
    return {
        "input": "image",
        "shape": [1, 8, 8],
        "divideBy": digits_data.WHITE,
        "labels": digits_data.LABELS,
        "columns": ["label", "pixels"],
        "rows": digit_rows(data["test"], 500),
        "reference": digit_rows(data["training"], 300),
    }


def training_digits() -> dict:
    """All images that the models learned from, and those that they were validated on."""
    data = digits_data.load()
    return {name: digit_rows(data[name]) for name in ("training", "validation")}


def flights() -> dict:
    """Flights of April to December in order of departure, some of the winter that no model learned from, and training flights as a reference."""
    table = flight_data.load()
    data = flight_data.split(table, quick=False)
    columns = ["month", "day", flight_data.TARGET, *flight_data.FEATURES]

    def rows(table: pd.DataFrame) -> list[list]:
        plain = table[columns].astype(dict.fromkeys(flight_data.NUMBERS, float)).round(2)
        return [[tidy(value) for value in line] for line in plain.values.tolist()]

    later = data["later"].groupby("month").sample(PER_MONTH, random_state=13).sort_index()
    reference = data["training"].sample(REFERENCE, random_state=13).sort_index()
    unseen = table[table["month"] * 100 + table["day"] <= 310].drop(data["training"].index)
    winter = unseen.sample(WINTER, random_state=13)
    return {
        "inputs": {name: "BYTES" if name in flight_data.CATEGORIES else "FP32" for name in flight_data.FEATURES},
        "labels": flight_data.LABELS,
        "columns": columns,
        "rows": rows(later),
        "winter": rows(winter),
        "reference": rows(reference),
    }


def tidy(value):
    """A whole number without its `.0`, which JSON need not carry."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="the demo's data folder")
    folder = parser.parse_args().folder
    digits_text = json.dumps(digits(), separators=(",", ":")) + "\n"
    flights_text = json.dumps(flights(), separators=(",", ":")) + "\n"
    for name in ("digits", "flight-delay"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "digits" / "samples.json").write_text(digits_text)
    training_text = json.dumps(training_digits(), separators=(",", ":")) + "\n"
    # Without a time in its header a file is the same whenever it is made.
    (folder / "digits" / "training.json.gz").write_bytes(gzip.compress(training_text.encode(), mtime=0))
    (folder / "flight-delay" / "samples.json.gz").write_bytes(gzip.compress(flights_text.encode(), mtime=0))


if __name__ == "__main__":
    main()
