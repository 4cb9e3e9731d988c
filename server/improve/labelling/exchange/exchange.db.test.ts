import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text as streamText } from "node:stream/consumers";
import { parse } from "csv-parse/sync";
import { eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { fromBufferPromise } from "yauzl";
import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { samplePicture } from "#server/serve/pipeline/codec.ts";
import { findLabellingViolations } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { answerLabelTask } from "../answers/answer-label-task.ts";
import { parseLabelConfig } from "../config/parse-label-config.ts";
import { listGolds } from "../golds/queries.ts";
import { setGold } from "../golds/set-gold.ts";
import { createLabelProject } from "../projects/create-label-project.ts";
import { updateLabelProject } from "../projects/update-label-project.ts";
import { getLabelTask } from "../tasks/queries.ts";
import { type ExportLabels, exportLabels, exportTypes } from "./export-labels.ts";
import { importLabels } from "./import-labels.ts";
import { numberOfPerson } from "./people.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-exchange-"));
const store = await openLocalStore(folder);
afterAll(() => rm(folder, { recursive: true, force: true }));

const configText = `<View><Image name="image" value="$image"/><Text name="text" value="$text"/>
  <Choices name="damage" toName="image"><Choice value="dent"/><Choice value="tear"/></Choices>
  <RectangleLabels name="box" toName="image"><Label value="dent"/></RectangleLabels>
  <Labels name="ner" toName="text"><Label value="PER"/></Labels></View>`;

const region = (from_name: string, type: string, value: object, to_name = "image") => ({
  from_name,
  to_name,
  type,
  value,
});
const choice = (name: string) => region("damage", "choices", { choices: [name] });
const box = {
  ...region("box", "rectanglelabels", { x: 10, y: 20, width: 30, height: 40, rotation: 0, rectanglelabels: ["dent"] }),
};
const sized = { ...box, id: "b1", original_width: 200, original_height: 100, image_rotation: 0 };
const span = region("ner", "labels", { start: 2, end: 5, text: "Ada", labels: ["PER"] }, "text");

const data = (name: string) => ({ image: `https://example.org/${name}.png`, text: '👋 Ada, "hi"\nthere' });

const items = [
  {
    data: data("a"),
    meta: { from: "scanner" },
    annotations: [
      {
        completed_by: 3,
        result: [choice("dent"), sized, span],
        lead_time: 6.2,
        created_at: "2026-05-01T10:00:00.000Z",
      },
      { completed_by: { id: 9, email: "bo@example.org" }, result: [choice("tear")], was_cancelled: false },
    ],
    predictions: [{ model_version: "v12", score: 0.62, result: [{ ...choice("dent"), score: 0.62 }] }, 17],
  },
  { data: data("b"), annotations: [{ completed_by: 3, result: [], was_cancelled: true }] },
  data("c"),
];

async function newProject(ctx: Context, name = "Parcels") {
  const config = parseLabelConfig(configText);
  const { id } = await createLabelProject(ctx, { name, config, configText, settings: { overlapShare: 0 } });
  return id;
}

async function exported(ctx: Context, input: ExportLabels): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await exportLabels(ctx, store, input)).content) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString("utf8");
}

/** The content of an exported archive's files, by path. */
async function unzipped(ctx: Context, input: ExportLabels): Promise<Record<string, string>> {
  const zip = await fromBufferPromise(await buffer((await exportLabels(ctx, store, input)).content));
  const files: Record<string, string> = {};
  for await (const entry of zip.eachEntry()) {
    files[entry.fileName] = await streamText(await zip.openReadStreamPromise(entry));
  }
  return files;
}

/** What a move must keep; ids, times of storing and the project are each server's own. */
function kept(tasks: Record<string, unknown>[]) {
  const facts = ({ result, completed_by, was_cancelled = false, lead_time = null }: Record<string, unknown>) => ({
    result,
    completed_by: (completed_by as { email?: string })?.email ?? completed_by,
    was_cancelled,
    lead_time,
  });
  return tasks.map(({ data, meta = {}, annotations, predictions }) => ({
    data,
    meta,
    annotations: (annotations as Record<string, unknown>[]).map(facts),
    predictions: (predictions as Record<string, unknown>[]).map(({ result, score, model_version }) => [
      result,
      score,
      model_version,
    ]),
  }));
}

test(
  "imports tasks, annotations and predictions, and exports them equal, in the order of the import",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const { taskIds, ...counts } = await importLabels(ctx, { projectId, items });
    expect(counts).toEqual({ added: 3, annotations: 3, replaced: 0, predictions: 1, golds: 0 });
    expect(taskIds).toEqual(taskIds.toSorted((a, b) => a - b));
    const text = await exported(ctx, { projectId, all: true, people: "email" });
    const tasks = JSON.parse(text);
    expect(kept(tasks)).toEqual([
      {
        data: data("a"),
        meta: { from: "scanner" },
        annotations: [
          { result: [choice("dent"), sized, span], completed_by: "annotator 3", was_cancelled: false, lead_time: 6.2 },
          { result: [choice("tear")], completed_by: "bo@example.org", was_cancelled: false, lead_time: null },
        ],
        predictions: [[[{ ...choice("dent"), score: 0.62 }], 0.62, "v12"]],
      },
      {
        data: data("b"),
        meta: {},
        annotations: [{ result: [], completed_by: "annotator 3", was_cancelled: true, lead_time: null }],
        predictions: [],
      },
      { data: data("c"), meta: {}, annotations: [], predictions: [] },
    ]);
    expect(tasks[0].annotations[0].created_at).toBe("2026-05-01T10:00:00.000Z");
    // By number, the person who came with one keeps it.
    const numbered = JSON.parse(await exported(ctx, { projectId, all: true }));
    expect(numbered[0].annotations.map((one: { completed_by: number }) => one.completed_by)).toEqual([
      3,
      numberOfPerson("bo@example.org"),
    ]);
    // Its own export imports equal.
    const other = await newProject(ctx, "Again");
    await importLabels(ctx, { projectId: other, items: tasks });
    expect(kept(JSON.parse(await exported(ctx, { projectId: other, all: true, people: "email" })))).toEqual(
      kept(tasks),
    );
    // Without `all`, tasks without an annotation are left out.
    expect(JSON.parse(await exported(ctx, { projectId }))).toHaveLength(2);
    const downloads = await ctx.db.select().from(auditEvents).where(eq(auditEvents.action, "labels.downloaded"));
    expect(downloads).toHaveLength(4);
    expect(downloads).toContainEqual(
      expect.objectContaining({
        subject: "label-project/Again",
        after: { type: "JSON", all: true, labels: "annotations", people: "email" },
      }),
    );
  }),
);

test(
  "maps people by number and address, and keeps the later annotation of a person",
  inWorkspace(async (ctx) => {
    const bo = await newMember(ctx, "member", { email: "bo@example.org", name: "Bo" });
    const projectId = await newProject(ctx);
    const number = numberOfPerson(bo.actor.id);
    expect(number).toBeGreaterThan(2 ** 46);
    const { replaced } = await importLabels(ctx, {
      projectId,
      items: [
        {
          data: data("a"),
          annotations: [{ completed_by: number, result: [choice("dent")] }, { result: [choice("tear")] }],
        },
        {
          data: data("b"),
          annotations: ["dent", "tear"].map((one) => ({
            completed_by: { email: "BO@example.org" },
            result: [choice(one)],
          })),
        },
      ],
    });
    expect(replaced).toBe(1);
    const [first, second] = JSON.parse(await exported(ctx, { projectId, people: "email" }));
    expect(
      first.annotations.map((one: { completed_by: { first_name: string } }) => one.completed_by.first_name),
    ).toEqual(["Bo", "Test admin"]);
    expect(second.annotations).toMatchObject([
      { completed_by: { id: number, email: "bo@example.org" }, result: [choice("tear")] },
    ]);
  }),
);

test.each<[string, unknown, RegExp]>([
  ["a missing field", { depot: 7 }, /Error at item 1: "image" key is expected/],
  ["a field that is null", { image: null, text: "x" }, /Error at item 1: "image" key/],
  ["no object", 7, /Error at item 1: a task is an object/],
  ["an unknown class", { data: data("x"), annotations: [{ result: [choice("wet")] }] }, /item 1: .*class "wet"/],
  [
    "an unknown class of a prediction",
    { data: data("x"), predictions: [{ result: [choice("wet")] }] },
    /item 1: .*"wet"/,
  ],
  [
    "a span beyond the text",
    { data: { ...data("x"), text: "Ada" }, annotations: [{ result: [span] }] },
    /item 1: .*ends at 5/,
  ],
  ["no list", { data: data("x"), annotations: {} }, /item 1: annotations must be a list/],
  ["an odd person", { data: data("x"), annotations: [{ completed_by: {}, result: [] }] }, /item 1: completed_by/],
  ["an odd time", { data: data("x"), annotations: [{ lead_time: -1, result: [] }] }, /item 1: lead_time/],
  ["an odd score", { data: data("x"), predictions: [{ score: "high", result: [] }] }, /item 1: score/],
])("refuses an import with %s, and stores nothing of it", async (_name, item, message) => {
  await inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    await expect(importLabels(ctx, { projectId, items: [data("a"), item] })).rejects.toThrow(message);
    expect(JSON.parse(await exported(ctx, { projectId, all: true }))).toEqual([]);
  })();
});

test(
  "stores a repeated import once",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const first = await importLabels(ctx, { projectId, items, key: "night 7" });
    const again = await importLabels(ctx, { projectId, items, key: "night 7" });
    expect(again).toMatchObject({ added: 0, taskIds: first.taskIds });
    expect(JSON.parse(await exported(ctx, { projectId, all: true }))).toHaveLength(3);
  }),
);

test(
  "writes rows with quotes, line breaks and boxes that parse again",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const { taskIds } = await importLabels(ctx, { projectId, items });
    const csv = await exported(ctx, { projectId, all: true, type: "CSV" });
    expect(csv.split("\r\n")[0]).toBe(
      '"annotation_id","annotator","box","created_at","damage","id","image","lead_time","ner","text","updated_at"',
    );
    const rows: Record<string, string>[] = parse(csv, { columns: true });
    // A task that nobody could tell is no line, one without an answer is.
    expect(rows.map(({ id, damage }) => [Number(id), damage])).toEqual([
      [taskIds[0], "tear"],
      [taskIds[0], "dent"],
      [taskIds[2], ""],
    ]);
    const { created_at, text, lead_time, box: boxes = "" } = rows[1] ?? {};
    expect([created_at, text, lead_time]).toEqual(["2026-05-01T10:00:00.000Z", data("a").text, "6.2"]);
    expect(JSON.parse(boxes)).toEqual([{ ...sized.value, original_width: 200, original_height: 100 }]);
    const tsv: Record<string, string>[] = parse(await exported(ctx, { projectId, all: true, type: "TSV" }), {
      columns: true,
      delimiter: "\t",
    });
    expect(tsv).toEqual(rows);
    const conll = await exported(ctx, { projectId, type: "CONLL2003" });
    expect(conll.split("\n\n").at(-2)?.split("\n")).toEqual([
      "👋 -X- _ O",
      "Ada -X- _ B-PER",
      ", -X- _ O",
      '" -X- _ O',
      "hi -X- _ O",
      '" -X- _ O',
      "there -X- _ O",
    ]);
  }),
);

test(
  "exports the consensus: one line per item, with its posterior, people and guideline",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    await updateLabelProject(ctx, { projectId, settings: { minAnswers: 1, maxAnswers: 1 } });
    const { taskIds } = await importLabels(ctx, { projectId, items: [data("a"), data("b")] });
    const taskId = taskIds[0] ?? 0;
    await answerLabelTask(ctx, { projectId, taskId, value: { kind: "class", label: "dent" } });
    const [task, ...others] = JSON.parse(await exported(ctx, { projectId, labels: "consensus" }));
    expect(others).toEqual([]);
    expect(task.annotations).toMatchObject([
      { result: [{ ...choice("dent"), id: "r1" }], people: 1, guideline: 1, method: "step" },
    ]);
    const rows: Record<string, string>[] = parse(
      await exported(ctx, { projectId, labels: "consensus", type: "CSV", all: true }),
      {
        columns: true,
      },
    );
    expect(rows.map(({ damage, people, guideline }) => [damage, people, guideline])).toEqual([
      ["dent", "1", "1"],
      ["", "", ""],
    ]);
  }),
);

test(
  "makes gold items of ground truths by request, of who may, once",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const truth = (choices: string[], more: object = {}) => ({
      data: data("a"),
      annotations: choices.map((one, person) => ({
        completed_by: person,
        ground_truth: true,
        result: [choice(one)],
        ...more,
      })),
    });
    const truths = [
      truth(["dent", "dent"]),
      truth(["tear"], { ground_truth: false }),
      truth(["dent"], { was_cancelled: true }),
    ];
    expect(await importLabels(ctx, { projectId, items: truths })).toMatchObject({ golds: 0 });
    const given = { projectId, items: truths, key: "gold", makesGold: true };
    const { taskIds, golds } = await importLabels(ctx, given);
    expect(golds).toBe(1);
    expect((await importLabels(ctx, given)).golds).toBe(0);
    const value = { kind: "class", label: "dent" };
    expect(await listGolds(ctx, projectId)).toMatchObject([{ taskId: taskIds[0], value, seen: 0 }]);
    await expect(importLabels(await newMember(ctx), given)).rejects.toMatchObject({ code: "forbidden" });
    const differing = importLabels(ctx, { ...given, key: "other", items: [truth(["dent", "tear"])] });
    await expect(differing).rejects.toThrow("Error at item 0: annotations marked as the ground truth differ.");
    expect(await listGolds(ctx, projectId)).toHaveLength(1);
  }),
);

test(
  "makes many gold items at once: settled as reviewed, counted, and recorded in one entry",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const items = Array.from({ length: 30 }, (_, at) => ({
      data: data(`${at}`),
      annotations: [
        { completed_by: 1, ground_truth: at > 0, result: [choice("dent")] },
        { completed_by: 2, result: [choice(at === 5 ? "tear" : "dent")] },
      ],
    }));
    const { taskIds, golds } = await importLabels(ctx, { projectId, items, makesGold: true });
    expect(golds).toBe(29);
    expect(await findLabellingViolations(ctx, projectId)).toEqual([]);
    const value = { kind: "class", label: "dent" };
    expect(await getLabelTask(ctx, taskIds[5] ?? 0)).toMatchObject({
      state: "settled",
      consensus: { value, method: "review", people: 2 },
    });
    const { rows } = await ctx.db.execute<{ agreed: boolean }>(
      sql`select agreed from label_answers where task_id = ${taskIds[5]} order by id`,
    );
    expect(rows.map(({ agreed }) => agreed)).toEqual([true, false]);
    const entries = await ctx.db.execute<{ tasks: number }>(sql`
      select jsonb_array_length(after->'tasks') as tasks from audit_events
      where workspace_id = ${ctx.actor.workspaceId} and action like 'label-gold%'`);
    expect(entries.rows).toEqual([{ tasks: 29 }]);
  }),
);

test(
  "does not say which items are gold",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const { taskIds } = await importLabels(ctx, { projectId, items: [data("a")] });
    const taskId = taskIds[0] ?? 0;
    const value = { kind: "class", label: "dent" } as const;
    await setGold(ctx, { taskId, value });
    await answerLabelTask(await newMember(ctx), { projectId, taskId, value });
    const [task] = JSON.parse(await exported(ctx, { projectId }));
    expect(task.annotations).toMatchObject([{ result: [choice("dent")], ground_truth: false }]);
  }),
);

test(
  "imports boxes that leave the picture a little and ones without area, and keeps them as they were sent",
  inWorkspace(async (ctx) => {
    const boxes = configText.replace(/<Choices[\s\S]*<\/Choices>/, "");
    const config = parseLabelConfig(boxes);
    const { id: projectId } = await createLabelProject(ctx, { name: "Boxes", config, configText: boxes });
    const result = [
      { ...sized, value: { ...sized.value, x: 70.2, width: 30 } },
      { ...sized, value: { ...sized.value, width: 0 } },
    ];
    await importLabels(ctx, { projectId, items: [{ data: data("a"), annotations: [{ result }] }] });
    const [task] = JSON.parse(await exported(ctx, { projectId }));
    expect(task.annotations).toMatchObject([{ result }]);
  }),
);

test(
  "imports relations between regions, and exports them as they were sent",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const arrow = { type: "relation", from_id: "s1", to_id: "s2", direction: "right", labels: ["knows"] };
    const result = [
      choice("dent"),
      { ...span, id: "s1" },
      { ...sized, id: "s2" },
      arrow,
      { ...arrow, from_name: "ner" },
    ];
    const item = { data: data("a"), annotations: [{ result }], predictions: [{ result, score: 0.5 }] };
    await importLabels(ctx, { projectId, items: [item] });
    const [task] = JSON.parse(await exported(ctx, { projectId }));
    expect([task.annotations[0].result, task.predictions[0].result]).toEqual([result, result]);
    for (const type of exportTypes) expect(await exported(ctx, { projectId, type })).not.toBe("");
  }),
);

test(
  "exports boxes of the consensus, and boxes drawn in Leeway, with the size of their picture",
  inWorkspace(async (ctx) => {
    const boxes = `<View><Image name="image" value="$image"/>
      <RectangleLabels name="box" toName="image"><Label value="dent"/></RectangleLabels></View>`;
    const settings = { overlapShare: 0, minAnswers: 1, maxAnswers: 1 };
    const config = parseLabelConfig(boxes);
    const { id: projectId } = await createLabelProject(ctx, { name: "Boxes", config, configText: boxes, settings });
    const picture = await samplePicture(40, 20);
    await store.put(`${ctx.actor.workspaceId}/labels/ab/photo.png`, Readable.from([picture]));
    const stored = (artifact: string) => ({ artifact, mimeType: "image/png", sizeBytes: picture.length });
    const inline = `data:image/png;base64,${Buffer.from(picture).toString("base64")}`;
    const images = ["https://example.org/a.png", stored("labels/ab/photo.png"), inline];
    const { taskIds } = await importLabels(ctx, {
      projectId,
      items: [
        { data: { image: images[0] }, predictions: [{ result: [sized] }] },
        ...[...images.slice(1), "https://example.org/d.png", stored("labels/ab/gone.png"), stored("../x")].map(
          (image) => ({ image }),
        ),
      ],
    });
    const drawn = { label: "dent", x: 10, y: 20, width: 30, height: 40 };
    const value = { kind: "boxes" as const, boxes: [drawn] };
    for (const taskId of taskIds) await answerLabelTask(ctx, { projectId, taskId, value });
    for (const labels of ["annotations", "consensus"] as const) {
      const tasks = JSON.parse(await exported(ctx, { projectId, labels }));
      expect(
        tasks.map(({ annotations }: { annotations: { result: Record<string, unknown>[] }[] }) => {
          const region = annotations[0]?.result[0];
          return [region?.original_width, region?.original_height];
        }),
      ).toEqual([[200, 100], [40, 20], [40, 20], ...Array(3).fill([undefined, undefined])]);
      const coco = JSON.parse((await unzipped(ctx, { projectId, labels, type: "COCO" }))["result.json"] ?? "");
      expect(coco.annotations.map(({ bbox }: { bbox: number[] }) => bbox)).toEqual([
        [20, 20, 60, 40],
        [4, 4, 12, 8],
        [4, 4, 12, 8],
      ]);
      expect(coco.info.description).toMatch(/^3 boxes/);
    }
  }),
);

test(
  "gives every picture a file of its own, and numbers pictures and boxes in the order of tasks",
  inWorkspace(async (ctx) => {
    const projectId = await newProject(ctx);
    const items = ["a", "b", "a"].map((folder) => ({
      data: { ...data("x"), image: `https://example.org/${folder}/image.jpg` },
      annotations: [{ result: [choice("dent"), sized, sized] }],
    }));
    const { taskIds } = await importLabels(ctx, { projectId, items });
    const yolo = await unzipped(ctx, { projectId, type: "YOLO" });
    expect(Object.keys(yolo).toSorted()).toEqual(
      ["classes.txt", ...taskIds.map((id) => `labels/${id}__image.txt`), "notes.json"].toSorted(),
    );
    const coco = JSON.parse((await unzipped(ctx, { projectId, type: "COCO" }))["result.json"] ?? "");
    expect(coco.images.map(({ id, file_name }: { id: number; file_name: string }) => [id, file_name])).toEqual(
      taskIds.map((id, index) => [index, `images/${id}__image.jpg`]),
    );
    expect(coco.annotations.map(({ id, image_id }: { id: number; image_id: number }) => [id, image_id])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
    ]);
  }),
);
