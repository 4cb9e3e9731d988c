"""Finds the consensus of votes with crowd-kit. Arguments: folder of the votes, number of classes."""

import json
import statistics
import sys
import time

import numpy
import pandas
from crowdkit.aggregation import DawidSkene

RUNS = 3


def main():
    folder, classes = sys.argv[1], int(sys.argv[2])
    item, annotator, given = numpy.fromfile(f"{folder}/votes.bin", dtype=numpy.int32).reshape(3, -1)
    votes = pandas.DataFrame({"task": item, "worker": annotator, "label": given})
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        model = DawidSkene(n_iter=100, tol=1e-5)
        found = model.fit_predict_proba(votes)
        times.append(1000 * (time.perf_counter() - started))
    posterior = found.sort_index()[range(classes)].to_numpy().ravel()
    # The first run warms up.
    result = {"ms": statistics.median(times[1:]), "steps": len(model.loss_history_), "posterior": posterior.tolist()}
    print(json.dumps(result))


main()
