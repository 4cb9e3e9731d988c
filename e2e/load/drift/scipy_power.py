"""Measures how often scipy's tests find the drifts of power.ts, at equal level: each test's threshold is the quantile of its own p-values
without drift, where that is below alpha. Prints JSON: shares in percent by test, for each drift."""

import json
import sys
import warnings

import numpy as np
from scipy import stats

warnings.filterwarnings("ignore")
request = json.loads(sys.argv[1])
runs = request["runs"]
random = np.random.default_rng(31)


def numbers(job, rows, is_drifted):
    z = random.normal(size=rows)
    if is_drifted:
        z = job.get("scale", 1) * z + job.get("shift", 0)
    return np.exp(1.5 * z) if job.get("isLognormal") else z


def of_numbers(job, is_drifted):
    reference = numbers(job, job["referenceRows"], False)
    current = numbers(job, job["rows"], is_drifted)
    return {
        "KS": stats.ks_2samp(reference, current, method="asymp").pvalue,
        "Cramér–von Mises": stats.cramervonmises_2samp(reference, current, method="asymptotic").pvalue,
    }


def of_levels(job, is_drifted):
    reference = random.multinomial(job["referenceRows"], job["before"])
    current = random.multinomial(job["rows"], job["after"] if is_drifted else job["before"])
    table = np.array([reference, current])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return {"χ²": 1.0, "Fisher": 1.0} if len(job["before"]) == 2 else {"χ²": 1.0}
    found = {"χ²": stats.chi2_contingency(table, correction=False)[1]}
    if len(job["before"]) == 2:
        found["Fisher"] = stats.fisher_exact(table)[1]
    return found


shares = {}
for job in request["jobs"]:
    test = of_levels if "before" in job else of_numbers
    quiet = [test(job, False) for _ in range(5 * runs if "before" in job else runs)]
    drifted = [test(job, True) for _ in range(runs)]
    shares[job["name"]] = []
    for name in drifted[0]:
        own = np.sort([each[name] for each in quiet])
        # A liberal test gets a stricter threshold; a conservative one keeps its own.
        at_level = own[max(0, int(np.floor(job["alpha"] * len(own))) - 1)] if len(own) * job["alpha"] >= 5 else job["alpha"]
        limit = min(job["alpha"], at_level)
        shares[job["name"]].append([name, 100 * float(np.mean([each[name] <= limit for each in drifted]))])
print(json.dumps(shares))
