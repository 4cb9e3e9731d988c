"""An export of Label Studio 1.23.2, recorded by e2e/load/labelling/label_studio_move.py, is imported and exported back equal."""

import json
import uuid
from pathlib import Path

EXPORT = Path(__file__).parent / "golden-export-1.23.2.json"


def essence(tasks: list[dict]) -> list[dict]:
    """What a move must keep. Ids, times of storing, and which annotations are reference answers belong to each server."""
    annotation = ("result", "completed_by", "was_cancelled", "lead_time")
    prediction = ("result", "score", "model_version")
    return [
        {
            "data": task["data"],
            "meta": task["meta"],
            "annotations": [{name: one[name] for name in annotation} for one in task["annotations"]],
            "predictions": [{name: one[name] for name in prediction} for one in task["predictions"]],
        }
        for task in tasks
    ]


def test_an_export_of_label_studio_is_imported_and_exported_equal(ls):
    recorded = json.loads(EXPORT.read_text(encoding="utf-8"))
    project = ls.projects.create(title=f"Moved {uuid.uuid4().hex[:8]}", label_config=recorded["label_config"])
    imported = ls.projects.import_tasks(id=project.id, request=recorded["tasks"])
    assert imported.task_count == len(recorded["tasks"]) == 60
    assert (imported.annotation_count, imported.prediction_count) == (45, 40)
    exported = ls.projects.exports.as_json(project.id)
    assert essence(exported) == essence(recorded["tasks"])
    # Its own export as well.
    again = ls.projects.create(title=f"Again {uuid.uuid4().hex[:8]}", label_config=recorded["label_config"])
    ls.projects.import_tasks(id=again.id, request=exported)
    assert essence(ls.projects.exports.as_json(again.id)) == essence(exported)
    for one in (project, again):
        ls.projects.delete(id=one.id)
