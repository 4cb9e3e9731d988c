import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { mlpModel, twoByTwoModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { mlpSignature, newModelFolder, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createModelRunner } from "./model-runner.ts";

const { db } = await freshDatabase();
const models = newModelFolder();
const folder = mkdtempSync(join(tmpdir(), "leeway-runner-"));
const runner = createModelRunner({
  artifacts: models,
  folder,
  providers: ["cpu"],
  limits: { workers: 1, threads: 1 },
});
afterAll(async () => {
  await runner.close();
  for (const path of [models.path, folder]) rmSync(path, { recursive: true });
});
const inputs = [{ name: "x", datatype: "FP32", shape: [1, 4], data: [[1, 2, 3, 4]] }];

test("runs a version on JSON inputs with provider and duration, and reuses the loaded model", async () => {
  const ctx = await newWorkspace(db);
  const { id: versionId } = await newVersion(ctx, {}, models);
  const first = await runner.run(ctx, { versionId, inputs });
  expect(first).toMatchObject({
    outputs: [{ name: "y", datatype: "FP32", shape: [1, 3], data: expect.any(Array) }],
    provider: "cpu",
    fallbacks: [],
    loadMs: expect.any(Number),
  });
  expect(JSON.parse(first.response)).toMatchObject({
    model_name: "digits",
    model_version: "1",
    outputs: first.outputs,
  });
  for (const part of Object.values(first.timings)) expect(part).toBeGreaterThanOrEqual(0);
  const second = await runner.run(ctx, { versionId, inputs });
  expect(second).toMatchObject({ outputs: first.outputs, loadMs: null });
});

test("replaces a requested provider that does not work and returns the reason", async () => {
  const ctx = await newWorkspace(db);
  const { id: versionId } = await newVersion(ctx, {}, models);
  const prediction = await runner.run(ctx, { versionId, inputs, providers: ["tensorrt"] });
  expect(prediction).toMatchObject({
    provider: "cpu",
    fallbacks: [{ provider: "tensorrt", reason: expect.any(String) }],
  });
});

test("runs more versions concurrently than it keeps loaded", async () => {
  const ctx = await newWorkspace(db);
  const versions: { id: string }[] = [];
  for (let version = 1; version <= 6; version += 1) versions.push(await newVersion(ctx, { version }, models));
  const request = () => Promise.all(versions.map(({ id: versionId }) => runner.run(ctx, { versionId, inputs })));
  const first = await request();
  expect((await request()).map((prediction) => prediction.outputs)).toEqual(
    first.map((prediction) => prediction.outputs),
  );
});

test("rejects a run that is not possible, with the reason", async () => {
  const ctx = await newWorkspace(db);
  const run = (versionId: string, given: unknown[] = inputs) => runner.run(ctx, { versionId, inputs: given });
  const { id: good } = await newVersion(ctx, {}, models);
  await expect(run(good, [{ ...inputs[0], shape: [1, 5] }])).rejects.toMatchObject({
    code: "invalid",
    message: "input 'x': expected shape [-1,4], got [1,5]",
  });
  const { id: pending } = await newVersion(ctx, { version: 2, inspection: "pending" });
  await expect(run(pending)).rejects.toMatchObject({ code: "conflict" });
  const wrong = { version: 3, bytes: mlpModel([5, 3]), signature: mlpSignature };
  const { id: broken } = await newVersion(ctx, wrong, models);
  await expect(run(broken)).rejects.toMatchObject({ code: "unavailable" });
  await expect(run(broken)).rejects.toMatchObject({ code: "unavailable" });
  const { id: foreign } = await newVersion(await newWorkspace(ctx.db), { bytes: twoByTwoModel() }, models);
  await expect(run(foreign)).rejects.toMatchObject({ code: "not-found" });
});
