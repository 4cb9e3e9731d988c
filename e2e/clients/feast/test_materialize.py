"""The unmodified client of Feast materialises a file: a version of a dataset. From 0.67 on Leeway reads it; older clients pull its rows."""

import io
import json
import os
import time
import urllib.request
from datetime import datetime, timedelta, timezone

import feast as feast_package
import pandas as pd
import pytest
from feast import FeatureView, Field, FileSource
from feast.types import Float32, Int64

# Both clients run against one Leeway, so each has a view of its own: a view that was materialised is no longer as it was defined.
VIEW = f"driver_days_{feast_package.__version__.split('.')[1]}"
FIRST = 7_000


def call(method: str, path: str, body: bytes | None = None):
    """Sends a request to Leeway's REST API."""
    request = urllib.request.Request(
        f"{os.environ['LEEWAY_URL']}/api/v1{path}",
        data=body,
        method=method,
        headers={
            "Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}",
            "Content-Type": "application/octet-stream",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def dataset():
    """A version of the dataset that the source reads."""
    times = pd.to_datetime(["2026-03-01T12:00:00Z", "2026-03-01T14:00:00Z", "2026-03-01T13:00:00Z"])
    rows = pd.DataFrame(
        {
            "driver_id": [FIRST, FIRST, FIRST + 1],
            "conv_rate": pd.array([0.25, 0.5, 0.75], dtype="float32"),
            "trips": [1, 2**53 + 1, 3],
            "event_timestamp": times,
            "created": times,
        }
    )
    file = io.BytesIO()
    rows.to_parquet(file, index=False)
    upload = call("POST", "/datasets/driver_days/uploads?fileName=rows.parquet", file.getvalue())
    for _ in range(240):
        state = call("GET", f"/datasets/driver_days/uploads/{upload['id']}")
        if state["state"] == "done":
            return state["digest"]
        assert state["state"] != "failed", state
        time.sleep(0.25)
    raise AssertionError("The dataset was not read in a minute.")


@pytest.fixture(scope="module")
def view(store, definitions, dataset):
    """A view over that file, which goes again: the repository of the other tests does not have it."""
    source = FileSource(
        name=f"{VIEW}_file",
        path="dataset:driver_days",
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    )
    schema = [Field(name="driver_id", dtype=Int64), Field(name="conv_rate", dtype=Float32), Field(name="trips", dtype=Int64)]
    view = FeatureView(
        name=VIEW, entities=[definitions.driver], ttl=timedelta(days=36_500), schema=schema, source=source
    )
    store.apply([definitions.driver, view])
    yield VIEW
    for gone in (view, source):
        store.apply([], objects_to_delete=[gone], partial=False)


def trips(store) -> list:
    """What look-ups find."""
    return store.get_online_features(
        features=[f"{VIEW}:trips", f"{VIEW}:conv_rate"],
        entity_rows=[{"driver_id": driver} for driver in range(FIRST, FIRST + 3)],
    ).to_dict()["trips"]


def test_what_is_materialised_is_looked_up(store, view):
    assert trips(store) == [None, None, None]
    day = datetime(2026, 3, 1, tzinfo=timezone.utc)
    store.materialize(day, day.replace(hour=13), feature_views=[view])
    # Look-ups believe for a second that there is no row.
    time.sleep(1.2)
    assert trips(store) == [1, 3, None]
    store.materialize(day.replace(hour=13), day.replace(hour=15), feature_views=[view])
    time.sleep(1.2)
    assert trips(store) == [2**53 + 1, 3, None]
    # Nothing is left, of whichever client was the last.
    store.materialize_incremental(datetime.now(timezone.utc), feature_views=[view])
    assert trips(store) == [2**53 + 1, 3, None]
    # The registry knows until when.
    [*_, (_, until)] = store.get_feature_view(view).materialization_intervals
    assert until.timestamp() > day.timestamp()


def test_a_file_of_this_machine_is_not_read(store, dataset):
    day = datetime(2026, 3, 1, tzinfo=timezone.utc)
    with pytest.raises(Exception, match="data/weather.parquet"):
        store.materialize(day, day.replace(hour=13), feature_views=["weather"])
