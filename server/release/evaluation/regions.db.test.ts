import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { seededRandom } from "#server/stats/random.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { rectangleDetector, tokenTagger } from "#server/testing/fixtures/evaluation/region-models.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { getModelCard } from "./card/get-model-card.ts";
import { compareEvaluations } from "./comparison/compare-evaluations.ts";
import { listChangedRows } from "./comparison/list-changed-rows.ts";
import type { EvaluationSetDefinition } from "./contract.ts";
import { listEvaluatedRows } from "./rows/list-evaluated-rows.ts";
import { hasPictures, readRowPictures } from "./rows/read-row-pictures.ts";
import { requestEvaluation } from "./runs/request-evaluation.ts";
import { runEvaluation } from "./runs/run-evaluation.ts";
import { getEvaluation } from "./runs/run-queries.ts";
import { createEvaluationSet } from "./sets/create-evaluation-set.ts";
import { freezeEvaluationSet } from "./sets/freeze-evaluation-set.ts";
import { getEvaluationSet } from "./sets/set-queries.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const models = newModelFolder();
const folder = mkdtempSync(join(tmpdir(), "leeway-regions-"));
const storeFolder = mkdtempSync(join(tmpdir(), "leeway-region-files-"));
const store = await openLocalStore(storeFolder);
const runner = createModelRunner({ artifacts: models, folder, providers: ["cpu"], limits: { workers: 1, threads: 1 } });
const deps = { artifacts: store, models: runner };

const pipeline = Pipeline.parse({
  before: [
    {
      kind: "image",
      name: "picture",
      into: "pixels",
      steps: [
        { step: "decode" },
        { step: "resize", width: 8, height: 8, kernel: "nearest" },
        { step: "colour", to: "grey" },
        { step: "scale", factor: 1 / 255 },
        { step: "layout", order: "NCHW" },
      ],
    },
  ],
});

async function addVersion(model: string, version: number, bytes: Buffer, steps?: Pipeline) {
  const path = join(folder, `new-${model}-${version}.onnx`);
  writeFileSync(path, bytes);
  const { signature } = await describeModel({ path, isAlone: true });
  await newVersion(ctx, { model, version, bytes, signature, ...(steps && { pipeline: steps }) }, models);
}

async function frozen(name: string, rows: string, task: EvaluationSetDefinition["task"], more: object = {}) {
  const { digest } = await uploadRows(ctx, store, { name, rows });
  const definition = { dataset: { name, digest: digest ?? "" }, task, ...more };
  const { id } = await createEvaluationSet(ctx, { name, definition });
  await freezeEvaluationSet(ctx, id, store);
  return getEvaluationSet(ctx, id);
}

async function evaluated(setId: string, name: string, version: number) {
  const { id } = await requestEvaluation(ctx, { setId, name, version });
  await runEvaluation(ctx, id, deps);
  return getEvaluation(ctx, id);
}

const cell = (value: string) => `"${value.replaceAll('"', '""')}"`;

/** A dark picture of 16 by 16 pixels with a rectangle, and its label in percent, or an empty one. */
function pictures(count: number) {
  const random = seededRandom(3);
  return Array.from({ length: count }, (_, at) => {
    const [x, y] = [Math.floor(random() * 5), Math.floor(random() * 5)];
    const [width, height] = [2 + Math.floor(random() * 3), 2 + Math.floor(random() * 3)];
    const isEmpty = at % 10 === 9;
    const brightness = isEmpty ? 0 : at % 3 === 0 ? 153 : 255;
    const rows = Array.from({ length: 16 }, (_, row) =>
      Array.from({ length: 16 }, (_, column) => {
        const [left, top] = [Math.floor(column / 2), Math.floor(row / 2)];
        return left >= x && left < x + width && top >= y && top < y + height ? brightness : 0;
      }),
    );
    const share = (pixels: number) => (pixels / 8) * 100;
    const box = { x: share(x), y: share(y), width: share(width), height: share(height) };
    const label = isEmpty ? [] : [{ label: brightness === 255 ? "bright" : "dim", ...box }];
    return {
      label,
      line: [
        pngFile(16, 16, 0, rows).toString("base64"),
        cell(JSON.stringify(label)),
        at % 2 ? "north" : "south",
      ].join(),
    };
  });
}

beforeAll(async () => {
  await addVersion("rectangles", 1, rectangleDetector(), pipeline);
  await addVersion("rectangles", 2, rectangleDetector({ cut: 1 }), pipeline);
}, 60_000);
afterAll(async () => {
  await runner.close();
  for (const path of [models.path, folder, storeFolder]) rmSync(path, { recursive: true });
});

test("evaluates the boxes of a detector through its pipeline, compares versions, and writes them into the model card", async () => {
  const made = pictures(80);
  // One label is wrong: nothing is where a box is said to be.
  const wrong = cell('[{"label":"bright","x":0,"y":0,"width":4,"height":4}]');
  const lines = ["picture,label,site", ...made.map(({ line }) => line)];
  lines[10] = `${made[9]?.line.split(",")[0]},${wrong},north`;
  const task = { kind: "boxes" as const, label: "label", overlap: 0.5, confidence: 0.5 };
  const set = await frozen("rectangles", `${lines.join("\n")}\n`, task, { segments: [{ column: "site" }] });
  expect(set).toMatchObject({ state: "ready", problem: null });
  const boxes = made.filter(({ label }) => label.length > 0).length;
  const bright = made.filter(({ label }) => label[0]?.label === "bright").length + 1;
  expect(set.facts?.classes).toEqual([
    { name: "bright", rows: bright },
    { name: "dim", rows: boxes + 1 - bright },
  ]);
  const first = await evaluated(set.id, "rectangles", 1);
  expect(first).toMatchObject({ state: "done", problem: null, result: { evaluated: 80, failed: 0 } });
  const metric = (id: string) => first.result?.metrics.find((one) => one.id === id);
  expect(first.result?.metrics[0]).toMatchObject({ id: "regionF1", title: "F1", method: "bootstrap" });
  expect(metric("regionPrecision")?.value).toBe(1);
  expect(metric("regionRecall")?.value).toBeCloseTo(boxes / (boxes + 1), 12);
  expect(metric("meanIou")?.value).toBeCloseTo(1, 6);
  expect(metric("exactMatch")).toMatchObject({ value: 79 / 80, method: "Wilson" });
  // Recalls up to that of the bright boxes have precision 1, the others 0; all dim ones are found.
  const recalls = Math.floor(((bright - 1) / bright) * 100 + 1e-9) + 1;
  expect(metric("boxPrecision50")?.value).toBeCloseTo((recalls / 101 + 1) / 2, 9);
  expect(metric("boxPrecision50")?.interval?.high).toBeLessThanOrEqual(1);
  expect(first.result?.panels).toMatchObject({
    kind: "boxes",
    pictures: 80,
    actual: boxes + 1,
    predicted: boxes,
    byClass: [
      { name: "bright", support: bright, recall: (bright - 1) / bright },
      { name: "dim", precision: 1, averagePrecision: 1 },
    ],
  });
  expect(first.result?.segments.map(({ id }) => id)).toEqual(["site=north", "site=south"]);
  // The second version cuts its boxes short, so that few overlap by half.
  const second = await evaluated(set.id, "rectangles", 2);
  expect(second.result?.metrics.find(({ id }) => id === "meanIou")?.value).toBeLessThan(0.7);
  const versions = {
    setId: set.id,
    first: { name: "rectangles", version: 2 },
    second: { name: "rectangles", version: 1 },
  };
  const comparison = await compareEvaluations(ctx, versions, store);
  expect(comparison.metrics[0]).toMatchObject({ id: "regionF1", method: "paired bootstrap", verdict: "worse" });
  expect(comparison.metrics.map(({ id }) => id)).toEqual([
    "regionF1",
    "regionPrecision",
    "regionRecall",
    "meanIou",
    "exactMatch",
  ]);
  const lost = await listChangedRows(ctx, { ...versions, change: "lost" }, store);
  expect(lost.total).toBeGreaterThan(20);
  const { rows } = await listEvaluatedRows(ctx, { id: first.id, only: "incorrect" }, store);
  expect(rows).toMatchObject([
    { row: 10, label: "1 × bright", prediction: "no boxes", isCorrect: false, score: 0, loss: 1 },
  ]);
  const all = await listEvaluatedRows(ctx, { id: first.id, only: "correct", limit: 1 }, store);
  expect(all.rows).toMatchObject([{ row: 1, label: "1 × dim", prediction: "1 × dim", score: 1 }]);
  const { label: _, ...drawn } = made[0]?.label[0] ?? { label: "" };
  expect(all.rows[0]?.boxes).toEqual({ actual: [{ label: "dim", ...drawn }], predicted: [{ label: "dim", ...drawn }] });
  // Requests of 16 pictures at most.
  expect(first.result?.latency).toMatchObject({ requests: 5, rows: 16 });
  expect(first.result?.latency?.p95Ms).toBeGreaterThanOrEqual(first.result?.latency?.p50Ms as number);
  const version = { name: "rectangles", version: 1 };
  expect(await hasPictures(ctx, version)).toBe(true);
  const pictureRows = await readRowPictures(ctx, { setId: set.id, version, rows: [80, 1, 999] }, store);
  expect([...pictureRows.keys()].sort()).toEqual([1, 80]);
  // What was shown lately is not read again.
  const opened = vi.spyOn(store, "open");
  expect(await readRowPictures(ctx, { setId: set.id, version, rows: [80, 1, 999] }, store)).toEqual(pictureRows);
  expect(opened).not.toHaveBeenCalled();
  expect((await readRowPictures(ctx, { setId: set.id, version, rows: [1, 2] }, store)).size).toBe(2);
  expect(opened).toHaveBeenCalledTimes(1);
  opened.mockRestore();
  expect(pictureRows.get(80)).toBe(`data:image/png;base64,${made[79]?.line.split(",")[0]}`);
  const card = await getModelCard(ctx, { name: "rectangles", version: 1 });
  expect(card).toContain("| Class | Boxes | Precision |");
  expect(card).toContain("| Average precision 0.5 |");
  expect(card).toContain("an actual one from an overlap of 0.5 on.");
}, 60_000);

test("evaluates spans by the tags of tokens, and refuses what does not fit", async () => {
  const words = ["", "Ada", "Lovelace", "met", "Babbage", "in", "London"];
  const tags = ["O", "B-PER", "I-PER", "B-LOC"];
  // The tagger takes Lovelace for a person of her own.
  await addVersion("tagger", 1, tokenTagger(6, [0, 1, 1, 0, 1, 0, 3], tags));
  await addVersion("tagger", 2, tokenTagger(6, [0, 1, 2, 0, 1, 0, 3], tags));
  const sentences = [
    { ids: [1, 2, 3, 4, 5, 6], people: [[0, 1], [3]], places: [5] },
    { ids: [4, 3, 1, 0, 0, 0], people: [[0], [2]], places: [] },
    { ids: [3, 5, 6, 0, 0, 0], people: [], places: [2] },
  ];
  const lines = Array.from({ length: 60 }, (_, at) => {
    const { ids, people, places } = sentences[at % 3] as (typeof sentences)[number];
    let end = 0;
    const offsets = ids.map((id) => {
      const start = end;
      const length = words[id]?.length ?? 0;
      end = start + length + (length > 0 ? 1 : 0);
      return [start, start + length] as const;
    });
    const span = (label: string, tokens: number[]) => ({
      label,
      start: offsets[tokens[0] as number]?.[0],
      end: offsets[tokens.at(-1) as number]?.[1],
    });
    const label = [...people.map((tokens) => span("PER", tokens)), ...places.map((token) => span("LOC", [token]))];
    return [ids, label, offsets].map((value) => cell(JSON.stringify(value))).join();
  });
  const rows = `ids,label,offsets\n${lines.join("\n")}\n`;
  const task = { kind: "spans" as const, label: "label", offsets: "offsets" };
  const set = await frozen("sentences", rows, task);
  expect(set).toMatchObject({ state: "ready", facts: { classes: [{ name: "LOC" }, { name: "PER" }] } });
  const good = await evaluated(set.id, "tagger", 2);
  expect(good).toMatchObject({ state: "done", problem: null });
  expect(good.result?.metrics.map(({ id, value }) => [id, value])).toEqual([
    ["regionF1", 1],
    ["regionPrecision", 1],
    ["regionRecall", 1],
    ["exactSpanF1", 1],
    ["partialSpanF1", 1],
    ["typeSpanF1", 1],
    ["exactMatch", 1],
  ]);
  const { result } = await evaluated(set.id, "tagger", 1);
  // Of six labelled and seven predicted spans five agree, and the sixth overlaps.
  expect(result?.metrics[0]?.value).toBeCloseTo(10 / 13, 12);
  expect(result?.metrics.find(({ id }) => id === "partialSpanF1")?.value).toBeCloseTo(11 / 13, 12);
  expect(result?.metrics.find(({ id }) => id === "typeSpanF1")?.value).toBeCloseTo(12 / 13, 12);
  expect(result?.panels).toMatchObject({
    kind: "spans",
    texts: 60,
    actual: 120,
    predicted: 140,
    byClass: [
      { name: "LOC", support: 40, f1: 1 },
      { name: "PER", support: 80, predicted: 100, recall: 0.75 },
    ],
  });
  const { rows: wrong } = await listEvaluatedRows(
    ctx,
    { id: (await evaluated(set.id, "tagger", 1)).id, limit: 1 },
    store,
  );
  expect(wrong[0]).toMatchObject({
    label: "PER 0–12, PER 17–24, LOC 28–34",
    prediction: "PER 0–3, PER 4–12, PER 17–24, LOC 28–34",
    isCorrect: false,
  });
  const untagged = await frozen("without", rows, { ...task, offsets: null });
  await expect(requestEvaluation(ctx, { setId: untagged.id, name: "tagger", version: 1 })).rejects.toThrow(
    "The set asks for start, end and class of spans",
  );
  const bad = rows.replace('""label"":""PER""', '""name"":""PER""');
  expect(await frozen("bad", bad, task)).toMatchObject({
    state: "failed",
    problem: { line: 2, column: "label", message: expect.stringContaining("not a JSON list of at most 1000 spans") },
  });
}, 60_000);
