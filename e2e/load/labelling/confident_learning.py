"""Lists wrong labels with cleanlab. Arguments: folder of labels and probabilities, number of classes, number of runs."""

import json
import statistics
import sys
import time
import warnings

import numpy
from cleanlab.filter import find_label_issues

warnings.filterwarnings("ignore")


def median_ms(runs, compute):
    """The median time of a computation in milliseconds, after one that warms up."""
    compute()
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        compute()
        times.append(1000 * (time.perf_counter() - started))
    return statistics.median(times)


def main():
    folder, classes, runs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    labels = numpy.fromfile(f"{folder}/labels.bin", dtype=numpy.int32)
    probabilities = numpy.fromfile(f"{folder}/probabilities.bin", dtype=numpy.float64).reshape(-1, classes)

    def rank(**options):
        return find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", **options)

    one = median_ms(runs, lambda: rank(n_jobs=1))
    default = median_ms(runs, rank)
    print(json.dumps({"oneMs": one, "defaultMs": default, "ranked": rank(n_jobs=1).tolist()}))


main()
