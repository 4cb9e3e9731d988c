"""Finds a consensus of annotators and a model with cleanlab. Arguments: folder of votes and probabilities, numbers of annotators and classes."""

import json
import statistics
import sys
import time
import warnings

import numpy
from cleanlab.multiannotator import get_label_quality_multiannotator

warnings.filterwarnings("ignore")
RUNS = 3


def main():
    folder, annotators, classes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    item, annotator, given = numpy.fromfile(f"{folder}/votes.bin", dtype=numpy.int32).reshape(3, -1)
    probabilities = numpy.fromfile(f"{folder}/probabilities.bin").reshape(-1, classes)
    labels = numpy.full((len(probabilities), annotators), numpy.nan)
    labels[item, annotator] = given
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        found = get_label_quality_multiannotator(labels, probabilities, verbose=False)
        times.append(1000 * (time.perf_counter() - started))
    quality = found["label_quality"]
    # The first run warms up.
    result = {
        "ms": statistics.median(times[1:]),
        "consensus": quality["consensus_label"].tolist(),
        "quality": quality["consensus_quality_score"].tolist(),
    }
    print(json.dumps(result))


main()
