"""Computes metrics of scores and labels with scikit-learn: scikit_metrics.py FILE, which holds {scores, outcomes, cutOffs}."""

import json
import sys

import numpy
from sklearn.metrics import average_precision_score, precision_score, recall_score, roc_auc_score

with open(sys.argv[1]) as file:
    rows = json.load(file)
scores = numpy.array(rows["scores"])
outcomes = numpy.array(rows["outcomes"])
found = {
    "rocAuc": float(roc_auc_score(outcomes, scores)),
    "averagePrecision": float(average_precision_score(outcomes, scores)),
    "cutOffs": [
        {
            "recall": float(recall_score(outcomes, scores >= cut_off, zero_division=0)),
            "precision": float(precision_score(outcomes, scores >= cut_off, zero_division=0)),
        }
        for cut_off in rows["cutOffs"]
    ],
}
print(json.dumps(found))
