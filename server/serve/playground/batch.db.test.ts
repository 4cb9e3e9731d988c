import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { demoModel, newBench } from "../../testing/fixtures/serving/playground/testing.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { cancelPlaygroundRun } from "./cancel-run.ts";
import { listBatchItems } from "./item-queries.ts";
import { getPlaygroundRun } from "./queries.ts";
import { startBatch } from "./start-batch.ts";

const { db } = await freshDatabase();
const { playground, models, close } = await newBench();
afterAll(close);

async function twoVersions() {
  const ctx = await newWorkspace(db);
  const versions = [1, 2].map(async (version) =>
    newVersion(ctx, { ...(await demoModel(`models/digits-v${version}.onnx`)), version }, models),
  );
  const sides = (await Promise.all(versions)).map(({ id: versionId, version }) => ({ versionId, version }));
  return { ctx, sides };
}
const picture = (level: number, shape = [1, 1, 8, 8]) => [
  { name: "image", datatype: "FP32", shape, data: Array.from({ length: 64 }, (_, at) => (at % 8 === 3 ? level : 0)) },
];

test("stores batch items individually with their problems, and completes with the last item", async () => {
  const { ctx, sides } = await twoVersions();
  const { id: runId } = await startBatch(ctx, { model: "digits", sides, source: "4 files", total: 4 });
  const first = { place: 0, name: "a.png", inputs: picture(1) };
  const ran = await playground.runItems(ctx, {
    runId,
    items: [first, { place: 1, name: "b.png", problem: "It is not a picture." }],
  });
  expect(ran).toMatchObject([
    {
      name: "a.png",
      result: { sides: [{ answer: { latencyMs: expect.any(Number) } }, { answer: {} }], agrees: expect.any(Boolean) },
    },
    {
      name: "b.png",
      result: { sides: [{ problem: { kind: "input", message: "It is not a picture." } }, {}], agrees: null },
    },
  ]);
  expect(await getPlaygroundRun(ctx, { id: runId })).toMatchObject({ state: "running", done: 2, total: 4 });
  // Sent again after a lost response: stored once.
  await playground.runItems(ctx, { runId, items: [first] });
  const rest = [
    { place: 2, name: "c.png", inputs: picture(0.5) },
    { place: 3, name: "d.png", inputs: picture(1, [1, 1, 4, 16]) },
  ];
  await playground.runItems(ctx, { runId, items: rest });
  const run = await getPlaygroundRun(ctx, { id: runId });
  expect(run).toMatchObject({ kind: "batch", state: "done", done: 4, endedAt: expect.any(Date) });
  expect(run.words).toMatch(/^4 files: \d of 2 agree, 2 failed$/);
  const items = await listBatchItems(ctx, { id: runId });
  expect(items.map(({ name }) => name)).toEqual(["a.png", "b.png", "c.png", "d.png"]);
  expect(items[3]?.result.sides[0]).toMatchObject({
    problem: { kind: "input", message: expect.stringContaining("input 'image'") },
  });
  await expect(playground.runItems(ctx, { runId, items: rest })).rejects.toMatchObject({ code: "conflict" });
});

test("keeps the stored items of a cancelled batch, rejects new ones, and rejects items of another user", async () => {
  const { ctx, sides } = await twoVersions();
  const { id: runId } = await startBatch(ctx, { model: "digits", sides, source: "rows.csv", total: 3 });
  const item = (index: number) => ({ place: index, name: `row ${index}`, inputs: picture(1) });
  await playground.runItems(ctx, { runId, items: [item(0)] });
  const viewer = { ...ctx, actor: { ...ctx.actor, id: "a-viewer", role: "viewer" as const } };
  await expect(playground.runItems(viewer, { runId, items: [item(1)] })).rejects.toMatchObject({ code: "forbidden" });
  await expect(playground.runItems(ctx, { runId, items: [item(3)] })).rejects.toThrow("exceeds that number");
  await cancelPlaygroundRun(ctx, { id: runId });
  await expect(playground.runItems(ctx, { runId, items: [item(1)] })).rejects.toThrow("was cancelled");
  expect(await listBatchItems(ctx, { id: runId })).toHaveLength(1);
  await expect(listBatchItems(await newWorkspace(db), { id: runId })).rejects.toMatchObject({ code: "not-found" });
});

test("limits the size of a batch", async () => {
  const { ctx, sides } = await twoVersions();
  const start = (total: number) => startBatch(ctx, { model: "digits", sides, source: "rows.csv", total });
  await expect(start(2001)).rejects.toThrow("At most 2,000 files or rows.");
  await expect(start(0)).rejects.toThrow();
});
