"""Moves a project from a real Label Studio to Leeway and back, with Label Studio's own client. The last line says how many tasks are equal.

Arguments: the address and token of Label Studio, the same of Leeway, and optionally a file to keep Label Studio's export in.
"""

import json
import sys

from label_studio_sdk import LabelStudio

CONFIG = """<View>
  <Header value="What is wrong with this parcel?"/>
  <Image name="image" value="$image"/>
  <Text name="text" value="$text"/>
  <Choices name="damage" toName="image" choice="single" required="true">
    <Choice value="intact"/><Choice value="Dented" alias="dent"/><Choice value="tear"/>
  </Choices>
  <Choices name="tone" toName="text" choice="multiple"><Choice value="good"/><Choice value="bad"/></Choices>
  <RectangleLabels name="box" toName="image"><Label value="dent"/><Label value="tear"/></RectangleLabels>
  <Labels name="ner" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Number name="pieces" toName="text"/>
  <TextArea name="why" toName="text"/>
  <Rating name="sure" toName="text" maxRating="5"/>
</View>"""
COUNT = 60


def region(name: str, to: str, kind: str, value: dict, **more) -> dict:
    return {"id": f"{name}-{len(more)}", "from_name": name, "to_name": to, "type": kind, "value": value, **more}


def result(index: int) -> list[dict]:
    size = {"original_width": 640, "original_height": 480, "image_rotation": 0}
    box = {"x": index / 2, "y": 12.345678901, "width": 25, "height": 10.5, "rotation": index % 3, "rectanglelabels": ["tear"]}
    all_regions = [
        region("damage", "image", "choices", {"choices": [["intact", "dent", "tear"][index % 3]]}),
        region("box", "image", "rectanglelabels", box, **size),
        region("tone", "text", "choices", {"choices": ["good", "bad"]}),
        region("ner", "text", "labels", {"start": 2, "end": 5, "text": "Ada", "labels": ["PER"]}),
        region("pieces", "text", "number", {"number": index}),
        region("why", "text", "textarea", {"text": [f"because {index} \"é\""]}),
        region("sure", "text", "rating", {"rating": 1 + index % 5}),
    ]
    return all_regions[: 1 + index % 7]


def task(index: int) -> dict:
    made: dict = {
        "data": {"image": f"https://example.org/{index}.png", "text": f"👋 Ada sent {index}", "nested": {"a": [1, None, 2.5]}},
        "meta": {"batch": index // 10},
    }
    if index % 4:
        made["annotations"] = [{"result": result(index), "lead_time": index / 8, "was_cancelled": index % 11 == 0}]
    if index % 3:
        made["predictions"] = [{"model_version": f"v{index % 2}", "score": index / 100, "result": result(index)[:1]}]
    return made


def exported(ls: LabelStudio, project: int) -> list[dict]:
    """A snapshot, since the usual export has predictions as ids only."""
    made = ls.projects.exports.create(id=project, title="move", serialization_options={"predictions": {"only_id": False}})
    pieces = ls.projects.exports.download(id=project, export_pk=made.id, export_type="JSON")
    return json.loads(b"".join(pieces))


def people_by_email(ls: LabelStudio, tasks: list[dict]) -> list[dict]:
    """Names annotators by address instead of number."""
    emails = {one.id: one.email for one in ls.users.list()}
    for annotation in (one for task in tasks for one in task["annotations"]):
        person = annotation["completed_by"]
        annotation["completed_by"] = {"email": person["email"] if isinstance(person, dict) else emails[person]}
    return tasks


def essence(tasks: list[dict], emails: dict[int, str]) -> list[dict]:
    """What a move must keep. Ids, times of storing, and which annotations are reference answers belong to each server."""

    def person(sent) -> str:
        return sent["email"] if isinstance(sent, dict) else emails.get(sent, str(sent))

    return [
        {
            "data": task["data"],
            "meta": task.get("meta") or {},
            "annotations": [
                {
                    "result": one["result"],
                    "by": person(one["completed_by"]),
                    "cancelled": one["was_cancelled"],
                    "lead_time": one["lead_time"],
                }
                for one in task["annotations"]
            ],
            "predictions": [
                {"result": one["result"], "score": one["score"], "version": one["model_version"]}
                for one in task["predictions"]
            ],
        }
        for task in tasks
    ]


def main() -> None:
    old = LabelStudio(base_url=sys.argv[1], api_key=sys.argv[2])
    new = LabelStudio(base_url=sys.argv[3], api_key=sys.argv[4])
    emails = {one.id: one.email for one in old.users.list()}

    source = old.projects.create(title="Moved from here", label_config=CONFIG)
    old.projects.import_tasks(id=source.id, request=[task(index) for index in range(COUNT)])
    there = exported(old, source.id)
    if len(sys.argv) > 5:
        with open(sys.argv[5], "w", encoding="utf-8") as file:
            json.dump({"label_config": CONFIG, "tasks": there}, file, ensure_ascii=False, indent=1)
    before = essence(there, emails)

    moved = new.projects.create(title=f"Moved here {source.id} {there[0]['created_at']}", label_config=CONFIG)
    new.projects.import_tasks(id=moved.id, request=people_by_email(old, there))
    client = new._client_wrapper.httpx_client
    answer = client.request(
        f"api/projects/{moved.id}/export",
        method="GET",
        params={"export_type": "JSON", "download_all_tasks": "true", "people": "email"},
    )
    here = answer.json()
    after = essence(here, {})

    back = old.projects.create(title="Moved back", label_config=CONFIG)
    old.projects.import_tasks(id=back.id, request=here)
    again = essence(exported(old, back.id), emails)
    new.projects.delete(id=moved.id)

    there_equal = sum(one == other for one, other in zip(before, after, strict=True))
    back_equal = sum(one == other for one, other in zip(before, again, strict=True))
    for one, other in zip(before, after, strict=True):
        if one != other:
            print(json.dumps([one, other]), file=sys.stderr)
            break
    for one, other in zip(before, again, strict=True):
        if one != other:
            print(json.dumps([one, other]), file=sys.stderr)
            break
    print(json.dumps({"tasks": len(before), "there": there_equal, "back": back_equal}))


main()
