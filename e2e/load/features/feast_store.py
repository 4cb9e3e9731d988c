"""Creates a Feast repository with the measured views and fills its online store. Arguments: folder, entities."""

import sys
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64, Int64

folder, entities = Path(sys.argv[1]), int(sys.argv[2])
(folder / "feature_store.yaml").write_text(
    "project: bench\nprovider: local\nregistry: registry.db\n"
    "online_store: {type: sqlite, path: online.db}\nentity_key_serialization_version: 3\n"
)
driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
now = datetime.now(timezone.utc)
views = []
rows = {}
for count in (10, 50):
    names = [f"f{index:02}" for index in range(count)]
    frame = pd.DataFrame({"driver_id": np.arange(entities), "event_timestamp": now, "created": now})
    values = {name: frame.driver_id * 0.37 + index + 0.125 for index, name in enumerate(names)}
    frame = pd.concat([frame, pd.DataFrame(values)], axis=1)
    path = folder / f"v{count}.parquet"
    frame.head(1).to_parquet(path)
    source = FileSource(path=str(path), timestamp_field="event_timestamp", created_timestamp_column="created")
    schema = [Field(name="driver_id", dtype=Int64), *(Field(name=name, dtype=Float64) for name in names)]
    views.append(FeatureView(name=f"v{count}", entities=[driver], schema=schema, source=source, online=True))
    rows[f"v{count}"] = frame
store = FeatureStore(repo_path=str(folder))
store.apply([driver, *views])
for name, frame in rows.items():
    store.write_to_online_store(name, frame)
