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


def test_features_are_joined_to_rows_as_of_their_time(store):
    store.write_to_offline_store("driver_stats", joined_history())
    noon = pd.Timestamp("2026-03-02T12:00:00Z")
    spine = pd.DataFrame(
        {
            "driver_id": [5002, 5001, 5001, 5003, 5001],
            "event_timestamp": [noon, noon, noon - pd.Timedelta("90min"), noon, noon],
            "label": ["b", "a", "early", "unknown", "a"],
        }
    )
    job = store.get_historical_features(
        entity_df=spine, features=["driver_stats:trips", "driver_stats:conv_rate"], full_feature_names=True
    )
    table = job.to_arrow()
    assert table.column_names == [*spine.columns, "driver_stats__trips", "driver_stats__conv_rate"]
    assert table["label"].to_pylist() == list(spine["label"])
    # Beyond 2^53, beside missing values.
    assert table["driver_stats__trips"].to_pylist() == [None, 2**53 + 1, None, None, 2**53 + 1]
    assert table["driver_stats__conv_rate"].to_pylist() == [0.25, 0.5, None, None, 0.5]
    assert len(job.to_df()) == len(spine)


def joined_history() -> pd.DataFrame:
    """Rows of two drivers, the last of which is of the future of the test's rows."""
    times = pd.to_datetime(["2026-03-02T11:00:00Z", "2026-03-02T11:00:00Z", "2026-03-02T13:00:00Z"])
    return pd.DataFrame(
        {
            "driver_id": [5001, 5002, 5001],
            "conv_rate": [0.5, 0.25, 0.75],
            "trips": pd.array([2**53 + 1, None, 1], dtype="Int64"),
            "event_timestamp": times,
            "created": times,
        }
    )


def test_rows_are_those_of_a_dataset_if_a_dataset_is_named(store):
    with pytest.raises(FeastError, match="no uploaded version"):
        store.get_historical_features(entity_df="dataset:absent", features=["driver_stats:trips"]).to_arrow()


def test_rows_can_not_be_a_query(store):
    with pytest.raises(FeastError, match="SQL"):
        store.get_historical_features(entity_df="SELECT 1", features=["driver_stats:trips"]).to_arrow()
