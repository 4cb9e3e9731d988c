"""The unmodified client of Feast defines features in Leeway, and reads them back."""

import os
from datetime import timedelta

import pytest
from feast import Entity, FeatureStore, FeatureView, Field, ValueType
from feast.errors import FeastError, FeastObjectNotFoundException, FeastPermissionError, FeatureViewNotFoundException
from feast.types import Int64, String


def test_what_is_applied_comes_back(store, definitions):
    assert {view.name for view in store.list_feature_views()} >= {"driver_stats", "weather", "prices"}
    view = store.get_feature_view("driver_stats")
    assert view == definitions.driver_stats
    assert view.ttl == timedelta(days=36_500)
    assert view.tags == {"leeway.stale": "serve"}
    assert view.created_timestamp is not None and view.last_updated_timestamp is not None
    assert store.get_entity("driver") == definitions.driver
    assert [(entity.name, entity.join_key) for entity in store.list_entities(tags={"team": "rides"})] == [
        ("driver", "driver_id")
    ]
    assert {source.name for source in store.list_data_sources()} >= {"driver_push", "driver_history", "data/weather.parquet"}
    service = store.get_feature_service("driver_svc")
    assert [feature.name for projection in service.feature_view_projections for feature in projection.features] == [
        "conv_rate",
        "trips",
    ]
    assert [view.name for view in store.list_on_demand_feature_views()] == ["boosted"]
    assert store.get_on_demand_feature_view("boosted").feature_transformation is not None


def test_apply_again_changes_nothing(store, feast):
    before = store.get_feature_view("driver_stats").last_updated_timestamp
    feast("apply")
    text = feast("plan")
    assert "Created" not in text and "Updated" not in text and "Deleted" not in text, text
    assert store.get_feature_view("driver_stats").last_updated_timestamp == before


@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["feature-views", "list"], "driver_stats"),
        (["feature-views", "describe", "driver_stats"], "conv_rate"),
        (["entities", "list"], "zone"),
        (["entities", "describe", "zone"], "zone_code"),
        (["feature-services", "list"], "driver_svc"),
        (["feature-services", "describe", "driver_svc"], "driver_stats"),
        (["on-demand-feature-views", "list"], "boosted"),
        (["data-sources", "describe", "driver_push"], "driver_history"),
        (["projects", "list"], "NAME"),
        (["permissions", "list"], ""),
        (["registry-dump"], '"project"'),
    ],
)
def test_the_command_line_shows_it(store, feast, arguments, expected):
    assert expected in feast(*arguments)


def test_a_new_feature_makes_a_new_version(store, definitions):
    entity = Entity(name="courier", join_keys=["courier_id"], value_type=ValueType.INT64)
    versions = []
    try:
        for names in (["speed"], ["speed", "load"]):
            schema = [Field(name=name, dtype=Int64) for name in names]
            view = FeatureView(name="courier_stats", entities=[entity], schema=schema, source=definitions.history)
            store.apply([entity, view])
            versions.append(getattr(store.get_feature_view("courier_stats"), "current_version_number", None))
    finally:
        # Its source is that of another view, whose columns other tests read.
        store.delete_feature_view("courier_stats")
    # Feast counts from 0, which the client shows as None. Older clients know no versions.
    assert versions in ([None, 1], [None, None]), versions
    with pytest.raises(FeatureViewNotFoundException):
        store.get_feature_view("courier_stats")


def test_refusals_arrive_as_classes_of_feast(store, definitions):
    with pytest.raises(FeatureViewNotFoundException, match="Feature view .* not found"):
        store.get_feature_view("nothing")
    with pytest.raises(FeastError, match="part of the keys"):
        store.apply([Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.STRING)])
    with pytest.raises(FeastError):
        store.apply(
            [FeatureView(name="a:b", entities=[], schema=[Field(name="x", dtype=String)], source=definitions.history)]
        )


def test_another_project_and_another_token_are_refused(repository, store, monkeypatch, tmp_path):
    settings = (repository / "feature_store.yaml").read_text()
    (tmp_path / "feature_store.yaml").write_text(settings.replace("project: ", "project: not_", 1))
    with pytest.raises(FeastObjectNotFoundException):
        FeatureStore(repo_path=str(tmp_path)).list_feature_views()
    monkeypatch.setenv("LEEWAY_TOKEN", "lw_" + "0" * 40)
    with pytest.raises(FeastPermissionError):
        FeatureStore(repo_path=str(repository)).list_feature_views()
    monkeypatch.delenv("LEEWAY_TOKEN")
    assert "LEEWAY_TOKEN" not in os.environ
