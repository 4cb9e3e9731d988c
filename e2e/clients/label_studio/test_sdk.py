"""The journey of Label Studio's own client: connect, create a project, import, label, predict, export."""

import io
import json
import os
import urllib.request
import uuid
import zipfile

import pytest
from label_studio_sdk import LabelStudio
from label_studio_sdk.core.api_error import ApiError

CONFIG = """<View>
  <Image name="image" value="$image"/>
  <Text name="text" value="$text"/>
  <Choices name="damage" toName="image" choice="single" required="true">
    <Choice value="intact"/><Choice value="Dented" alias="dent"/><Choice value="tear"/>
  </Choices>
  <RectangleLabels name="box" toName="image"><Label value="dent"/><Label value="tear"/></RectangleLabels>
  <Labels name="ner" toName="text"><Label value="PER"/></Labels>
</View>"""


def choice(name: str) -> dict:
    return {"from_name": "damage", "to_name": "image", "type": "choices", "value": {"choices": [name]}}


BOX = {
    "id": "b1",
    "from_name": "box",
    "to_name": "image",
    "type": "rectanglelabels",
    "original_width": 640,
    "original_height": 480,
    "image_rotation": 0,
    "value": {"x": 12.5, "y": 30, "width": 25, "height": 10, "rotation": 0, "rectanglelabels": ["tear"]},
}
SPAN = {
    "id": "s1",
    "from_name": "ner",
    "to_name": "text",
    "type": "labels",
    "value": {"start": 2, "end": 5, "text": "Ada", "labels": ["PER"]},
}


def data(name: str) -> dict:
    return {"image": f"https://example.org/{name}.png", "text": "👋 Ada wrote."}


@pytest.fixture(scope="module")
def project(ls):
    made = ls.projects.create(title=f"Parcels {uuid.uuid4().hex[:8]}", description="What is wrong?", label_config=CONFIG)
    yield made
    ls.projects.delete(id=made.id)


@pytest.fixture(scope="module")
def tasks(ls, project) -> list[int]:
    imported = ls.projects.import_tasks(
        id=project.id,
        request=[
            data("p1"),
            {"data": data("p2"), "predictions": [{"model_version": "v12", "score": 0.62, "result": [choice("dent")]}]},
            {
                "data": data("p3"),
                "annotations": [
                    {"completed_by": {"email": "bo@example.org"}, "lead_time": 6.2, "result": [choice("tear"), BOX, SPAN]}
                ],
            },
        ],
        return_task_ids=True,
    )
    assert (imported.task_count, imported.annotation_count, imported.prediction_count) == (3, 1, 1)
    return imported.task_ids


def test_connects(ls):
    assert ls.versions.get().edition == "Community"
    assert "@" in ls.users.whoami().email


def test_connects_by_the_address_of_a_workspace(base_url):
    request = urllib.request.Request(
        f"{os.environ['LEEWAY_URL']}/api/v1/workspaces", headers={"Authorization": f"Bearer {os.environ['LEEWAY_TOKEN']}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        slug = next(one["slug"] for one in json.load(answer)["workspaces"] if one["isCurrent"])
    address = base_url.replace("/label-studio", f"/w/{slug}/label-studio/")
    assert LabelStudio(base_url=address, api_key=os.environ["LEEWAY_TOKEN"]).versions.get().edition == "Community"


def test_reads_lists_changes_and_validates_projects(ls, project):
    assert ls.projects.get(id=project.id).label_config == CONFIG
    assert project.id in [one.id for one in ls.projects.list()]
    changed = ls.projects.update(id=project.id, expert_instruction="A dent has an edge.", maximum_annotations=2)
    assert (changed.expert_instruction, changed.maximum_annotations) == ("A dent has an edge.", 2)
    ls.projects.validate_label_config(id=project.id, label_config=CONFIG)
    with pytest.raises(ApiError) as refused:
        ls.projects.validate_label_config(id=project.id, label_config=CONFIG.replace('toName="text"', 'toName="x"'))
    assert refused.value.status_code == 400
    assert "Labels" in str(refused.value.body)


def test_lists_tasks_in_the_order_of_the_import(ls, project, tasks):
    listed = list(ls.tasks.list(project=project.id, page_size=2))
    assert [one.id for one in listed] == tasks
    third = ls.tasks.get(id=str(tasks[2]))
    assert third.annotations[0]["result"] == [choice("tear"), BOX, SPAN]
    assert third.annotations[0]["completed_by"]["email"] == "bo@example.org"
    assert listed[1].predictions[0].model_version == "v12"


def test_refuses_tasks_without_a_field(ls, project):
    with pytest.raises(ApiError) as refused:
        ls.projects.import_tasks(id=project.id, request=[data("x"), {"text": "no picture"}])
    assert "item 1" in str(refused.value.body)


def test_labels_what_is_next(ls, project, tasks, base_url):
    request = urllib.request.Request(
        f"{base_url}/api/projects/{project.id}/next/", headers={"Authorization": f"Token {os.environ['LEEWAY_TOKEN']}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        task = json.load(answer)
    assert task["id"] == tasks[0]
    given = ls.annotations.create(id=task["id"], result=[choice("dent")], lead_time=6.2)
    assert ls.annotations.get(id=given.id).result == [choice("dent")]
    changed = ls.annotations.update(id=given.id, result=[choice("tear")])
    assert (changed.id, changed.result) == (given.id, [choice("tear")])
    assert [one.id for one in ls.annotations.list(id=task["id"])] == [given.id]
    with pytest.raises(ApiError) as refused:
        ls.annotations.create(id=task["id"], result=[choice("wet")])
    assert refused.value.status_code == 400
    ls.annotations.create(id=tasks[1], result=[], was_cancelled=True)


def test_predictions(ls, project, tasks):
    made = ls.predictions.create(task=tasks[0], result=[choice("dent")], score=0.81, model_version="v14")
    assert ls.predictions.update(id=made.id, score=0.9).score == 0.9
    assert [one.id for one in ls.predictions.list(task=tasks[0])] == [made.id]
    ls.predictions.delete(id=made.id)
    many = [{"task": tasks[0], "result": [choice("dent")], "score": 0.4, "model_version": "v14"}]
    ls.projects.import_predictions(id=project.id, request=many)
    assert len(ls.predictions.list(task=tasks[0])) == 1


def test_exports_in_all_forms(ls, project, tasks):
    formats = {one["name"] for one in ls.projects.exports.list_formats(id=project.id)}
    assert formats == {"JSON", "JSON_MIN", "CSV", "TSV", "COCO", "YOLO", "CONLL2003", "HF"}
    exported = ls.projects.exports.as_json(project.id)
    assert [one["id"] for one in exported] == tasks
    assert exported[2]["annotations"][0]["result"] == [choice("tear"), BOX, SPAN]
    assert exported[1]["annotations"][0]["was_cancelled"] is True

    frame = ls.projects.exports.as_pandas(project.id)
    assert list(frame.columns) == sorted(frame.columns)
    rows = frame.set_index("id")
    assert rows.loc[tasks[0], "damage"] == rows.loc[tasks[2], "damage"] == "tear"
    assert rows.loc[tasks[2], "lead_time"] == 6.2
    assert rows.loc[tasks[0], "text"] == "👋 Ada wrote."

    def binary(kind: str) -> bytes:
        return ls.projects.exports.as_binary(project.id, export_type=kind)

    minimal = json.loads(binary("JSON_MIN"))
    assert [one["damage"] for one in minimal] == ["tear", "tear"]
    with zipfile.ZipFile(io.BytesIO(binary("COCO"))) as archive:
        coco = json.loads(archive.read("result.json"))
    assert [one["name"] for one in coco["categories"]] == ["PER", "dent", "intact", "tear"]
    assert coco["annotations"][0]["bbox"] == [80, 144, 160, 48]
    with zipfile.ZipFile(io.BytesIO(binary("YOLO"))) as archive:
        names = [name for name in archive.namelist() if name.endswith("p3.txt")]
        assert archive.read(names[0]).decode() == "3 0.25 0.35 0.25 0.1\n"
    assert "Ada -X- _ B-PER" in binary("CONLL2003").decode()
    with zipfile.ZipFile(io.BytesIO(binary("HF"))) as archive:
        lines = [json.loads(line) for line in archive.read("data.jsonl").decode().splitlines()]
    assert lines[1]["label_box"] == [{"label": "tear", "x": 12.5, "y": 30, "width": 25, "height": 10, "rotation": 0}]


def test_deletes(ls, project, tasks):
    ls.tasks.delete(id=str(tasks[1]))
    assert [one.id for one in ls.tasks.list(project=project.id)] == [tasks[0], tasks[2]]
    mine = [one for one in ls.annotations.list(id=tasks[0])]
    ls.annotations.delete(id=mine[0].id)
    assert ls.annotations.list(id=tasks[0]) == []
