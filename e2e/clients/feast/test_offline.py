"""The unmodified client of Feast writes history over Arrow Flight."""

import pandas as pd
import pyarrow as pa
import pytest
from feast.errors import FeastError
from feast.infra.offline_stores.remote import RemoteOfflineStore


def rows(**more) -> pd.DataFrame:
    """Two rows of a driver."""
    times = pd.to_datetime(["2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"])
    return pd.DataFrame(
        {"driver_id": [1, 2], "conv_rate": [0.5, 0.25], "trips": [3, None], "event_timestamp": times, "created": times}
        | more
    ).astype({"trips": "Int64"})


def test_the_columns_of_a_source_are_those_of_its_views(store, definitions):
    columns = dict(
        RemoteOfflineStore().get_table_column_names_and_types_from_data_source(store.config, definitions.history)
    )
    assert columns == {
        "driver_id": "int64",
        "conv_rate": "float",
        "trips": "int64",
        "event_timestamp": "timestamp[us, tz=UTC]",
        "created": "timestamp[us, tz=UTC]",
    }


def test_rows_are_written_to_the_history(store):
    store.write_to_offline_store("driver_stats", rows())


def test_a_bad_row_is_refused_by_its_name(store, definitions):
    table = pa.Table.from_pandas(rows(conv_rate=["high", "low"]))
    with pytest.raises(FeastError, match="conv_rate"):
        RemoteOfflineStore.offline_write_batch(store.config, definitions.driver_stats, table, None)


def test_many_rows_arrive_in_one_table(store, definitions):
    count = 100_000
    times = pd.date_range("2026-01-01", periods=count, freq="s", tz="UTC")
    table = pa.Table.from_pandas(
        pd.DataFrame(
            {
                "driver_id": [row % 1000 for row in range(count)],
                "conv_rate": [row / count for row in range(count)],
                "trips": range(count),
                "event_timestamp": times,
                "created": times,
            }
        )
    )
    RemoteOfflineStore.offline_write_batch(store.config, definitions.driver_stats, table, None)
