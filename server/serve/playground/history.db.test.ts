import { eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { playgroundRuns } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { demoModel, newBench } from "../../testing/fixtures/serving/playground/testing.ts";
import { mlpSignature, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { cancelPlaygroundRun } from "./cancel-run.ts";
import { deleteOldPlaygroundRuns } from "./delete-expired-runs.ts";
import { deletePlaygroundRun } from "./delete-playground-run.ts";
import { getPlaygroundRun, listPlaygroundRuns } from "./queries.ts";
import { insertRun } from "./run-rows.ts";

const { db } = await freshDatabase();
const { playground, models, close } = await newBench();
afterAll(close);

const image = {
  name: "image",
  datatype: "FP32",
  shape: [1, 1, 8, 8],
  data: Array.from({ length: 64 }, (_, at) => (at % 8 === 3 || at % 8 === 4 ? 0.9 : 0)),
};
const row = { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] };

async function twoDigits() {
  const ctx = await newWorkspace(db);
  const v1 = await newVersion(ctx, { ...(await demoModel("models/digits-v1.onnx")), version: 1 }, models);
  const v2 = await newVersion(ctx, { ...(await demoModel("models/digits-v2.onnx")), version: 2 }, models);
  const sides = [v1, v2].map(({ id: versionId, version }) => ({ versionId, version }));
  return { ctx, sides };
}

test("runs two versions on one input, and stores the run with their difference in the history", async () => {
  const { ctx, sides } = await twoDigits();
  const { runId, ran, difference } = await playground.run(ctx, { model: "digits", sides, inputs: [image] });
  const [a, b] = ran.map((each) => ("answer" in each ? (each.answer.outputs[0]?.data as number[]) : []));
  const largest = Math.max(...(a ?? []).map((value, at) => Math.abs(value - (b?.[at] ?? 0))));
  expect(largest).toBeGreaterThan(0);
  expect(difference[0]).toMatchObject({
    name: "probabilities",
    areProbabilities: true,
    rows: 1,
    elements: 10,
    maxAbsolute: expect.closeTo(largest, 12),
    byClass: expect.arrayContaining([expect.objectContaining({ label: "7" })]),
  });
  const kept = await getPlaygroundRun(ctx, { id: runId });
  expect(kept).toMatchObject({
    kind: "run",
    state: "done",
    modelName: "digits",
    sides,
    startedBy: ctx.actor.name,
    problem: null,
    request: { inputs: [image] },
    result: { ran, difference },
  });
  const { runs } = await listPlaygroundRuns(ctx, { model: "digits" });
  expect(runs).toEqual([expect.objectContaining({ id: runId, words: kept.words })]);
  expect((await listPlaygroundRuns(ctx, { model: "another" })).runs).toEqual([]);
});

test("reports a failed version beside a working one; fails the run and keeps its input if all versions fail", async () => {
  const ctx = await newWorkspace(db);
  const { id: good } = await newVersion(ctx, {}, models);
  const wrong = { version: 2, bytes: mlpModel([5, 3]), signature: mlpSignature };
  const { id: broken } = await newVersion(ctx, wrong, models);
  const run = (ids: string[], inputs = [row]) =>
    playground.run(ctx, {
      model: "digits",
      sides: ids.map((versionId, at) => ({ versionId, version: at + 1 })),
      inputs,
    });
  const half = await run([good, broken]);
  expect(half.ran).toMatchObject([{ answer: { provider: "cpu" } }, { problem: { kind: "not-loadable" } }]);
  expect(half.difference).toEqual([]);
  expect((await getPlaygroundRun(ctx, { id: half.runId })).state).toBe("done");
  const none = await run([good], [{ ...row, shape: [1, 5] }]);
  expect(none.ran).toMatchObject([{ problem: { kind: "input", message: expect.stringContaining("input 'x'") } }]);
  expect(await getPlaygroundRun(ctx, { id: none.runId })).toMatchObject({
    state: "failed",
    problem: expect.stringContaining("input 'x'"),
    request: { inputs: [{ ...row, shape: [1, 5] }] },
  });
});

test("replaces the run of the previous stroke, but no run of another user or one with an explanation", async () => {
  const ctx = await newWorkspace(db);
  const { id: versionId } = await newVersion(ctx, {}, models);
  const input = { model: "digits", sides: [{ versionId, version: 1 }], inputs: [row] };
  const first = await playground.run(ctx, input);
  const second = await playground.run(ctx, { ...input, replaces: first.runId });
  const ids = async () => (await listPlaygroundRuns(ctx)).runs.map(({ id }) => id);
  expect(await ids()).toEqual([second.runId]);
  const other = { ...ctx, actor: { ...ctx.actor, id: "somebody-else" } };
  await playground.run(other, { ...input, replaces: second.runId });
  expect(await ids()).toContain(second.runId);
  await insertRun(ctx, {
    kind: "explanation",
    state: "failed",
    modelName: "digits",
    sides: [],
    request: {},
    parentId: second.runId,
  });
  await playground.run(ctx, { ...input, replaces: second.runId });
  expect(await ids()).toContain(second.runId);
});

test("stores only the size and digest of a large input", async () => {
  const ctx = await newWorkspace(db);
  const inputs = [{ name: "x", datatype: "FP32", shape: [20_000, 4], data: new Array<number>(80_000).fill(0.123456) }];
  const { id: versionId } = await newVersion(ctx, {}, models);
  const { runId } = await playground.run(ctx, { model: "digits", sides: [{ versionId, version: 1 }], inputs });
  const kept = await getPlaygroundRun(ctx, { id: runId });
  expect(kept).toMatchObject({ request: null, requestDigest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(kept.requestBytes).toBeGreaterThan(500_000);
  expect(
    (kept.result as { ran: { answer: { outputs: { data?: unknown }[] } }[] }).ran[0]?.answer.outputs[0]?.data,
  ).toBeUndefined();
});

test("lets users cancel and delete their own runs, and requires the operator role for those of others", async () => {
  const ctx = await newWorkspace(db);
  const kind = { kind: "batch", state: "running" } as const;
  const run = { ...kind, modelName: "digits", sides: [], request: {}, total: 3 };
  const id = await insertRun(ctx, run);
  const viewer = { ...ctx, actor: { ...ctx.actor, id: "a-viewer", role: "viewer" as const } };
  await expect(cancelPlaygroundRun(viewer, { id })).rejects.toMatchObject({ code: "forbidden" });
  await expect(deletePlaygroundRun(viewer, { id })).rejects.toMatchObject({ code: "forbidden" });
  const own = await insertRun(viewer, run);
  await cancelPlaygroundRun(viewer, { id: own });
  expect((await getPlaygroundRun(viewer, { id: own })).state).toBe("cancelled");
  await cancelPlaygroundRun({ ...viewer, actor: { ...viewer.actor, role: "operator" } }, { id });
  expect((await getPlaygroundRun(ctx, { id })).state).toBe("cancelled");
  await deletePlaygroundRun(viewer, { id: own });
  await expect(getPlaygroundRun(ctx, { id: own })).rejects.toMatchObject({ code: "not-found" });
  await expect(getPlaygroundRun(await newWorkspace(db), { id })).rejects.toMatchObject({ code: "not-found" });
});

test("paginates the history without gaps", async () => {
  const ctx = await newWorkspace(db);
  const made: string[] = [];
  for (let at = 0; at < 5; at += 1) {
    made.push(await insertRun(ctx, { kind: "run", state: "done", modelName: "digits", sides: [], request: { at } }));
  }
  const first = await listPlaygroundRuns(ctx, { limit: 3 });
  const second = await listPlaygroundRuns(ctx, { limit: 3, cursor: first.next });
  expect(second.next).toBeUndefined();
  expect([...first.runs, ...second.runs].map(({ id }) => id).toSorted()).toEqual(made.toSorted());
  await expect(listPlaygroundRuns(ctx, { cursor: "x" })).rejects.toMatchObject({ code: "invalid" });
});

test("deletes runs after 30 days or beyond the maximum, and fails runs whose process has exited", async () => {
  const ctx = await newWorkspace(db);
  const insert = (state: "done" | "running", kind: "run" | "explanation" = "run") =>
    insertRun(ctx, { kind, state, modelName: "digits", sides: [], request: {} });
  const age = (id: string, days: number) =>
    db
      .update(playgroundRuns)
      .set({ startedAt: sql`now() - make_interval(days => ${days})` })
      .where(eq(playgroundRuns.id, id));
  const [old, kept, lost, alive] = [
    await insert("done"),
    await insert("done"),
    await insert("running", "explanation"),
    await insert("running"),
  ];
  await age(old, 31);
  await age(kept, 29);
  await db
    .update(playgroundRuns)
    .set({ heartbeatAt: sql`now() - interval '2 minutes'` })
    .where(eq(playgroundRuns.id, lost));
  // The state is the same before the job has run.
  const received = { state: "failed", problem: "The process running it stopped. Run it again." };
  expect(await getPlaygroundRun(ctx, { id: lost })).toMatchObject(received);
  await deleteOldPlaygroundRuns(ctx);
  await expect(getPlaygroundRun(ctx, { id: old })).rejects.toMatchObject({ code: "not-found" });
  const [row] = await db.select().from(playgroundRuns).where(eq(playgroundRuns.id, lost));
  expect(row).toMatchObject({ ...received, endedAt: expect.any(Date) });
  expect((await getPlaygroundRun(ctx, { id: alive })).state).toBe("running");
  await deleteOldPlaygroundRuns(ctx, 2);
  await expect(getPlaygroundRun(ctx, { id: kept })).rejects.toMatchObject({ code: "not-found" });
  expect((await listPlaygroundRuns(ctx)).runs).toHaveLength(2);
});
