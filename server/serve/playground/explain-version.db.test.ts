import { Readable } from "node:stream";
import { afterAll, expect, test, vi } from "vitest";
import { predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { demoModel, newBench } from "../../testing/fixtures/serving/playground/testing.ts";
import { newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import type { Explanation, ExplanationSettings, ShapleyResult } from "../explain/contract.ts";
import { cancelPlaygroundRun } from "./cancel-run.ts";
import { getPlaygroundRun } from "./queries.ts";
import { insertRun } from "./run-rows.ts";

const { db } = await freshDatabase();
const { playground, models, store, close } = await newBench();
afterAll(close);

const row = { name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] };
const zero: ExplanationSettings = { method: "shapley", background: { from: "zero" }, pairs: 64, seed: 1 };

async function ended(ctx: Context, id: string) {
  await vi.waitFor(async () => expect((await getPlaygroundRun(ctx, { id })).state).not.toBe("running"), {
    timeout: 60_000,
  });
  return getPlaygroundRun(ctx, { id });
}

async function mlp() {
  const ctx = await newWorkspace(db);
  const { id: versionId, version } = await newVersion(ctx, {}, models);
  return { ctx, version, side: { versionId, version: 1 } };
}

test("computes Shapley values of a real model that add up to the requested output", async () => {
  const { ctx, side } = await mlp();
  const target = { output: "y", element: 2 };
  const { id } = await playground.explain(ctx, { model: "digits", side, inputs: [row], target, settings: zero });
  const run = await ended(ctx, id);
  expect(run).toMatchObject({ kind: "explanation", state: "done", problem: null, done: 16, total: 16 });
  const { why, answer: prediction, target: explained } = run.result as Explanation;
  expect(explained).toEqual(target);
  const { features, base, gap, isExact } = why as ShapleyResult;
  expect(isExact).toBe(true);
  expect(features.map(({ name, given }) => [name, given])).toEqual([
    ["x[0]", 1],
    ["x[1]", 2],
    ["x[2]", 3],
    ["x[3]", 4],
  ]);
  const sum = features.reduce((total, { value }) => total + value, 0);
  expect(sum).toBeCloseTo(prediction - base, 5);
  expect(gap).toBeCloseTo(0, 5);
  const requested = await playground.run(ctx, { model: "digits", sides: [side], inputs: [row] });
  const [ran] = requested.ran;
  expect(ran && "answer" in ran && ran.answer.outputs[0]?.data?.[2]).toBeCloseTo(prediction, 6);
});

test("explains the class of a digit by occlusion, and stores the explanation with its run", async () => {
  const ctx = await newWorkspace(db);
  const { id: versionId } = await newVersion(ctx, await demoModel("models/digits-v2.onnx"), models);
  const data = Array.from({ length: 64 }, (_, at) => (at % 8 === 3 || at % 8 === 4 ? 1 : 0));
  const inputs = [{ name: "image", datatype: "FP32", shape: [1, 1, 8, 8], data }];
  const side = { versionId, version: 1 };
  const { runId } = await playground.run(ctx, { model: "digits", sides: [side], inputs });
  const settings = { method: "occlusion", baseline: "mean", patch: 2, stride: 1 } as const;
  const { id } = await playground.explain(ctx, { model: "digits", side, inputs, runId, settings });
  await ended(ctx, id);
  const [kept] = (await getPlaygroundRun(ctx, { id: runId })).explanations;
  expect(kept).toMatchObject({
    id,
    state: "done",
    explanation: { label: "1", asked: 51, why: { method: "occlusion", patch: 2 } },
  });
  const why = kept?.explanation?.why as Explanation["why"];
  if (why.method !== "occlusion") throw new Error("It is of another method.");
  const stroke = why.heat.values.filter((_, at) => at % 8 === 3 || at % 8 === 4);
  const rest = why.heat.values.filter((_, at) => at % 8 < 2 || at % 8 > 5);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  expect(mean(stroke)).toBeGreaterThan(3 * Math.abs(mean(rest)));
});

test("uses the chosen background (recorded requests, mean, dataset) and requires a choice if there is none", async () => {
  const { ctx, side, version } = await mlp();
  const explain = (background: Extract<ExplanationSettings, { method: "shapley" }>["background"]) =>
    playground.explain(ctx, {
      model: "digits",
      side,
      inputs: [row],
      settings: { ...zero, background } as ExplanationSettings,
    });
  const sourceOf = async (started: Promise<{ id: string }>) => {
    const { result, problem } = await ended(ctx, (await started).id);
    expect(problem).toBeNull();
    return ((result as Explanation).why as ShapleyResult).background;
  };
  await expect(explain({ from: "recorded", as: "rows" })).rejects.toMatchObject({ code: "conflict" });
  const { id: endpointId } = await createEndpoint(ctx, { name: "an-endpoint" });
  await deployVersion(ctx, { endpointId, model: "digits", version, reason: "" });
  const logged = (values: number[], status = 200) => ({
    id: crypto.randomUUID(),
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId: side.versionId,
    arm: "stable" as const,
    at: new Date(),
    requestId: crypto.randomUUID(),
    status,
    provider: "cpu",
    latencyMs: 1,
    inputs: [{ ...row, data: values }],
  });
  await db.insert(predictions).values([logged([0, 0, 0, 0]), logged([2, 2, 2, 2]), logged([9, 9, 9, 9], 500)]);
  expect(await sourceOf(explain({ from: "recorded", as: "rows" }))).toEqual({
    rows: 2,
    source: "2 of 2 recorded requests",
  });
  expect(await sourceOf(explain({ from: "recorded", as: "mean" }))).toEqual({
    rows: 1,
    source: "the mean of 2 recorded requests",
  });

  await expect(explain({ from: "dataset", dataset: "flights", as: "rows" })).rejects.toMatchObject({
    code: "not-found",
  });
  const upload = async (name: string, text: string) => {
    const intake = { artifacts: store, maxBytes: 1000 };
    const { id } = await uploadDataset(ctx, { name, fileName: "a.csv" }, Readable.from([Buffer.from(text)]), intake);
    await readDataset(ctx, id, store);
  };
  await upload("flights", "x[0],x[1],x[2],x[3]\n1,2,3,4\n5,6,,8\n7,a,9,1\n0.5,1,1,1\n");
  await upload("others", "a,b\n1,2\n");
  expect(await sourceOf(explain({ from: "dataset", dataset: "flights", as: "rows" }))).toEqual({
    rows: 2,
    source: "2 of 2 rows of flights",
  });
  await expect(explain({ from: "dataset", dataset: "others", as: "rows" })).rejects.toThrow(
    '"others" has no column for x[0]',
  );
});

test("stops requests of a cancelled explanation and keeps it cancelled", async () => {
  const ctx = await newWorkspace(db);
  const { signature, bytes } = await demoModel("models/digits-v2.onnx");
  const { id: versionId } = await newVersion(ctx, { signature, bytes }, models);
  const inputs = [{ name: "image", datatype: "FP32", shape: [1, 1, 8, 8], data: new Array<number>(64).fill(0.5) }];
  // Features of a picture are many: thousands of questions.
  const settings = { ...zero, pairs: 1000 } as ExplanationSettings;
  const { id } = await playground.explain(ctx, { model: "digits", side: { versionId, version: 1 }, inputs, settings });
  await vi.waitFor(async () => expect((await getPlaygroundRun(ctx, { id })).done).toBeGreaterThan(0), {
    timeout: 30_000,
  });
  await cancelPlaygroundRun(ctx, { id });
  const { done } = await getPlaygroundRun(ctx, { id });
  const after = await ended(ctx, id);
  expect(after).toMatchObject({ state: "cancelled", result: null });
  expect(done).toBeLessThan(after.total);
  // The worker is free again.
  const quick = await playground.explain(ctx, {
    model: "digits",
    side: { versionId, version: 1 },
    inputs,
    settings: { method: "occlusion", baseline: "mean", patch: 4, stride: 4 },
  });
  expect((await ended(ctx, quick.id)).state).toBe("done");
  expect((await getPlaygroundRun(ctx, { id })).state).toBe("cancelled");
});

test("gives the reason in the run when an explanation is not possible", async () => {
  const { ctx, side } = await mlp();
  const occlusion = { method: "occlusion", baseline: "mean" } as const;
  const problemOf = async (settings: ExplanationSettings, target?: Explanation["target"]) => {
    const started = await playground.explain(ctx, { model: "digits", side, inputs: [row], settings, target });
    return ended(ctx, started.id);
  };
  expect(await problemOf(occlusion)).toMatchObject({
    state: "failed",
    problem: expect.stringContaining("The model has no image input"),
  });
  expect(await problemOf(zero, { output: "y", element: 9 })).toMatchObject({
    state: "failed",
    problem: "The output 'y' has no element 9.",
  });
  const batch = await insertRun(ctx, { kind: "batch", state: "done", modelName: "digits", sides: [], request: {} });
  const ofBatch = { model: "digits", side, inputs: [row], settings: zero, runId: batch };
  await expect(playground.explain(ctx, ofBatch)).rejects.toMatchObject({ code: "invalid" });
  const foreign = {
    ...ofBatch,
    runId: await insertRun(await newWorkspace(db), {
      kind: "run",
      state: "done",
      modelName: "digits",
      sides: [],
      request: {},
    }),
  };
  await expect(playground.explain(ctx, foreign)).rejects.toMatchObject({ code: "not-found" });
});
