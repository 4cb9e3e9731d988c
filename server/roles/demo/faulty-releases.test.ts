import { statSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultExecution } from "#server/develop/registry/execution/contract.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { type OpenedModel, openModel } from "#server/serve/pool/open-model.ts";
import { releases } from "./next-release.ts";
import { demoFile, readSamples, type Sample } from "./recording.ts";

const signature: Signature = {
  inputs: [{ name: "image", datatype: "FP32", shape: ["N", 1, 8, 8] }],
  outputs: [{ name: "probabilities", datatype: "FP32", shape: ["N", 10] }],
  opsets: { "": 17 },
  irVersion: 8,
  producer: "test",
  metadata: {},
};

let samples: Sample[] = [];
const opened: OpenedModel[] = [];
beforeAll(async () => {
  samples = await readSamples("digits");
});
afterAll(async () => {
  await Promise.all(opened.map(({ pool }) => pool.drain()));
});

/** Returns a version's prediction for each image, or the reason why its run fails. */
async function answersOf(version: number): Promise<(number | string)[]> {
  const path = demoFile("digits", `models/digits-v${version}.onnx`);
  const model = { name: `digits version ${version}`, path, sizeBytes: statSync(path).size, signature };
  const isolated = { ...defaultExecution, isolation: "thread" as const };
  const found = await openModel(model, ["cpu"], { workers: 1, threads: 1 }, isolated);
  opened.push(found);
  const predictions: (number | string)[] = [];
  for (const { inputs } of samples) {
    const data = Float32Array.from(inputs[0]?.data ?? [], Number);
    const run = found.pool.run({
      tensors: [{ name: "image", datatype: "FP32", shape: [1, 1, 8, 8], data }],
      outputs: ["probabilities"],
      deadlineAt: performance.now() + 10_000,
    });
    predictions.push(await run.then(({ tensors }) => likeliest(tensors[0]?.data as Float32Array), failure));
  }
  return predictions;
}

const failure = ({ reason, message }: { reason: string; message: string }) => `${reason}: ${message}`;

function likeliest(probabilities: Float32Array): number {
  const shares = Array.from(probabilities);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 4);
  return shares.indexOf(Math.max(...shares));
}

const accuracy = (predictions: (number | string)[]) =>
  predictions.filter((response, index) => String(response) === samples[index]?.label).length / predictions.length;

test("is as accurate in int8 as in float32, and classifies every image", async () => {
  expect(accuracy(await answersOf(releases.int8))).toBeGreaterThanOrEqual(0.99);
});

test("returns valid but a third incorrect and shifted predictions with a wrong normalisation", async () => {
  const predictions = await answersOf(releases.wrongNormalisation);
  expect(predictions.every(Number.isInteger)).toBe(true);
  expect(accuracy(predictions)).toBeCloseTo(0.62, 2);
  expect(predictions.filter((response) => response === 7).length).toBeGreaterThan(3 * 50);
});

test("fails on every eighth image with the short table, and is correct on the others", async () => {
  const predictions = await answersOf(releases.shortTable);
  const failed = predictions.filter((response) => typeof response === "string");
  expect(failed).toHaveLength(64);
  expect(failed.every((text) => text.startsWith("model: The model failed:"))).toBe(true);
  expect(accuracy(predictions) * predictions.length).toBeGreaterThanOrEqual(
    0.99 * (predictions.length - failed.length),
  );
});
