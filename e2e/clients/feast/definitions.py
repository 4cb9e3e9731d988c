"""Features of a small shop of rides, as a user of Feast defines them."""

from datetime import timedelta

import pandas as pd
from feast import Entity, FeatureService, FeatureView, Field, FileSource, PushSource, RequestSource, ValueType
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float32, Float64, Int64, String

driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64, tags={"team": "rides"})
zone = Entity(name="zone", join_keys=["zone_code"], value_type=ValueType.STRING)

history = FileSource(
    name="driver_history",
    path="dataset:driver_history",
    timestamp_field="event_timestamp",
    created_timestamp_column="created",
)
driver_push = PushSource(name="driver_push", batch_source=history)
# Feast names it by its path.
weather_file = FileSource(path="data/weather.parquet", timestamp_field="event_timestamp")

driver_stats = FeatureView(
    name="driver_stats",
    entities=[driver],
    ttl=timedelta(days=36_500),
    schema=[
        Field(name="driver_id", dtype=Int64),
        Field(name="conv_rate", dtype=Float32),
        Field(name="trips", dtype=Int64),
    ],
    source=driver_push,
    description="Of the last hour",
    owner="rides@example.test",
    tags={"leeway.stale": "serve"},
)
weather = FeatureView(
    name="weather",
    entities=[driver, zone],
    schema=[Field(name="zone_code", dtype=String), Field(name="driver_id", dtype=Int64), Field(name="rain", dtype=Float64)],
    source=weather_file,
)
prices = FeatureView(name="prices", entities=[], schema=[Field(name="fuel", dtype=Float64)], source=weather_file)
bonus = RequestSource(name="bonus_request", schema=[Field(name="bonus", dtype=Int64)])


@on_demand_feature_view(sources=[driver_stats, bonus], schema=[Field(name="with_bonus", dtype=Float64)])
def boosted(inputs: pd.DataFrame) -> pd.DataFrame:
    """Leeway stores this function, and never runs it."""
    return pd.DataFrame({"with_bonus": inputs["conv_rate"] + inputs["bonus"]})


driver_svc = FeatureService(name="driver_svc", features=[driver_stats[["conv_rate", "trips"]]])
