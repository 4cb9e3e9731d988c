"""Evaluation datasets, used by the unmodified MLflow client."""

from uuid import uuid4

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException


def test_questions_are_stored_once_merged_searched_and_deleted():
    client = MlflowClient()
    name = f"questions-{uuid4().hex[:8]}"
    experiment_id = mlflow.set_experiment(f"judged-{uuid4().hex[:8]}").experiment_id
    dataset = client.create_dataset(name, experiment_id=[experiment_id], tags={"team": "parcels"})
    assert dataset.tags["team"] == "parcels"

    question = {"inputs": {"question": "How far?", "n": 1}, "expectations": {"answer": "Not far."}}
    dataset.merge_records([question, {"inputs": {"question": "Why?"}, "outputs": {"text": "Because."}}])
    dataset.merge_records([{"inputs": {"n": 1, "question": "How far?"}, "expectations": {"tone": "kind"}}])
    records = {record.inputs["question"]: record for record in client.get_dataset(dataset.dataset_id).records}
    assert set(records) == {"How far?", "Why?"}
    assert records["How far?"].expectations == {"answer": "Not far.", "tone": "kind"}
    assert records["Why?"].outputs == {"text": "Because."}

    client.set_dataset_tags(dataset.dataset_id, {"stage": "draft"})
    client.delete_dataset_tag(dataset.dataset_id, "team")
    found = client.search_datasets(filter_string=f"name = '{name}' and tags.stage = 'draft'")
    assert [one.dataset_id for one in found] == [dataset.dataset_id]
    assert found[0].experiment_ids == [experiment_id]
    assert "team" not in found[0].tags

    client.delete_dataset(dataset.dataset_id)
    with pytest.raises(MlflowException, match="not found"):
        client.get_dataset(dataset.dataset_id)
