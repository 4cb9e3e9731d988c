"""Joins features to rows and prints seconds, rows, peak memory in MiB, and the sums of the features as JSON.

Arguments: engine (leeway, dask, duckdb, asof), folder of the data, rows of the spine, and for leeway the port and the project.
"""

import json
import os
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

os.environ["FEAST_USAGE"] = "False"
engine, folder, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
views = {"j7": timedelta(days=7), "j30": timedelta(days=30), "j0": timedelta(0)}
features = ["a", "b", "c", "d", "e"]
spine_path = folder / f"spine-{rows}.parquet"


def report(seconds: float, table) -> None:
    names = [name for name in table.column_names if name.startswith("j") and "__" in name]
    sums = {name: pc.sum(table[name]).as_py() for name in sorted(names)}
    nulls = {name: table[name].null_count for name in sorted(names)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "rows": table.num_rows, "peakMib": peak, "sums": sums, "nulls": nulls}))


import pyarrow.compute as pc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

if engine == "asof":
    import duckdb

    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    query = "SELECT spine.*"
    joins = ""
    for view, ttl in views.items():
        limit = f"event_timestamp >= spine.event_timestamp - INTERVAL {ttl.days} DAY" if ttl else "TRUE"
        query += "".join(f", CASE WHEN {view}.{limit} THEN {view}.{name} END AS {view}__{name}" if ttl
                         else f", {view}.{name} AS {view}__{name}" for name in features)
        joins += (f" ASOF LEFT JOIN read_parquet('{folder}/{view}.parquet') AS {view}"
                  f" ON spine.driver_id = {view}.driver_id AND spine.event_timestamp >= {view}.event_timestamp")
    out = folder / "asof.parquet"
    started = time.perf_counter()
    duckdb.sql(f"COPY ({query} FROM read_parquet('{spine_path}') AS spine{joins}) TO '{out}' (FORMAT parquet)")
    table = pq.read_table(out)
    report(time.perf_counter() - started, table)
    sys.exit()

import pandas as pd  # noqa: E402
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType  # noqa: E402
from feast.types import Float64, Int64  # noqa: E402

repo = folder / f"repo-{engine}"
repo.mkdir(exist_ok=True)
if engine == "leeway":
    port, project = sys.argv[4], sys.argv[5]
    config = (
        f"project: {project}\nprovider: local\nregistry: {{registry_type: remote, path: '127.0.0.1:{port}'}}\n"
        f"offline_store: {{type: remote, host: 127.0.0.1, port: {port}}}\n"
        "auth: {type: oidc, token_env_var: LEEWAY_TOKEN}\n"
    )
else:
    config = (
        "project: bench\nprovider: local\nregistry: registry.db\n"
        f"online_store: {{type: sqlite, path: online.db}}\noffline_store: {{type: {engine}}}\n"
    )
(repo / "feature_store.yaml").write_text(config + "entity_key_serialization_version: 3\n")
store = FeatureStore(repo_path=str(repo))
if engine != "leeway":
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    schema = [Field(name="driver_id", dtype=Int64), *(Field(name=name, dtype=Float64) for name in features)]
    defined = []
    for view, ttl in views.items():
        source = FileSource(
            name=view, path=f"{folder}/{view}.parquet",
            timestamp_field="event_timestamp", created_timestamp_column="created",
        )
        defined.append(FeatureView(name=view, entities=[driver], schema=schema, source=source, ttl=ttl))
    store.apply([driver, *defined])
spine = pd.read_parquet(spine_path)
references = [f"{view}:{name}" for view in views for name in features]
started = time.perf_counter()
job = store.get_historical_features(entity_df=spine, features=references, full_feature_names=True)
table = job.to_arrow()
report(time.perf_counter() - started, table)
