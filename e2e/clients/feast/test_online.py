"""The unmodified client of Feast pushes rows, and looks them up at the gateway."""

import pandas as pd
from feast.data_source import PushMode


def test_what_is_pushed_is_looked_up(store):
    now = pd.Timestamp.now(tz="UTC").floor("s")
    rows = pd.DataFrame(
        {
            "driver_id": [6001, 6002],
            "conv_rate": [0.5, 0.25],
            "trips": pd.array([2**53 + 1, 4], dtype="Int64"),
            "event_timestamp": [now, now],
            "created": [now, now],
        }
    )
    store.push("driver_push", rows, to=PushMode.ONLINE_AND_OFFLINE)
    found = store.get_online_features(
        features=["driver_stats:conv_rate", "driver_stats:trips"],
        entity_rows=[{"driver_id": driver} for driver in (6002, 9_999_999, 6001)],
    ).to_dict()
    assert found == {
        "driver_id": [6002, 9_999_999, 6001],
        "conv_rate": [0.25, None, 0.5],
        "trips": [4, None, 2**53 + 1],
    }
    service = store.get_online_features(
        features=store.get_feature_service("driver_svc"), entity_rows=[{"driver_id": 6001}]
    ).to_dict()
    assert service == {"driver_id": [6001], "conv_rate": [0.5], "trips": [2**53 + 1]}
