import { expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { InferenceFailure } from "#server/serve/pool/failure.ts";
import type { InputPart } from "#server/serve/protocol/infer-request.ts";
import type { LeasedVersion } from "#server/serve/runner/leased-version.ts";
import type { InputPlan } from "./plan-inputs.ts";
import { type BatchPart, BatchPredictor } from "./predict-batch.ts";

const spec = { name: "x", datatype: "FP32" as const, shape: ["N"] };
const plan: InputPlan = { specs: [spec], tensors: [], pictures: [], isBatched: true };

/** A version that returns its numbers, unless `fail` returns an error for the numbers of a request. */
function versionOf(fail: (numbers: number[], request: number) => Error | undefined): LeasedVersion {
  let requests = 0;
  const open = async ([input]: InputPart[]) => {
    const numbers = Array.from(input?.data as ArrayLike<number>);
    requests += 1;
    const error = fail(numbers, requests);
    if (error) throw error;
    const tensor = { ...spec, name: "y", shape: [numbers.length], data: Float32Array.from(numbers) };
    return { tensors: [], modelOutputs: ["y"], finish: () => [tensor] };
  };
  return { open, run: async () => [] } as unknown as LeasedVersion;
}

/** Returns the answer to each row, or why there is none. */
async function answersOf(lease: LeasedVersion, rows: number): Promise<(number | string)[]> {
  const predictor = new BatchPredictor(lease, plan, ["y"]);
  const data = new Map([["x", Float32Array.from({ length: rows }, (_, at) => at)]]);
  const answers: (number | string)[] = [];
  const add = (part: BatchPart) => {
    if ("problem" in part) answers[part.at] = part.problem;
    else for (const { data } of part.tensors) answers.splice(part.at, part.rows, ...Array.from(data, Number));
  };
  for await (const part of predictor.run({ rows, data })) add(part);
  return answers;
}

const numbers = (rows: number) => Array.from({ length: rows }, (_, at) => at);
const late = () => new InferenceFailure("deadline", "Deadline exceeded.");

test("asks again what a busy runner refuses, and what it does not answer in time", async () => {
  const busy = versionOf((_, request) =>
    request % 2 === 1 ? new DomainError("unavailable", "The queue is full.", { retryAfterSeconds: 0.001 }) : undefined,
  );
  expect(await answersOf(busy, 5)).toEqual(numbers(5));
  // The first seven requests are late: 8 rows, 4, 2, 1, the same row again, its neighbour twice.
  const loaded = versionOf((_, request) => (request <= 5 || request === 7 ? late() : undefined));
  expect(await answersOf(loaded, 8)).toEqual(numbers(8));
});

test("keeps requests small that were not answered in time, and lets them grow again", async () => {
  const sizes: number[] = [];
  const slow = versionOf((asked) => {
    sizes.push(asked.length);
    return asked.length > 4 && sizes.length < 30 ? late() : undefined;
  });
  const predictor = new BatchPredictor(slow, plan, ["y"]);
  const inputs = { rows: 64, data: new Map([["x", new Float32Array(64)]]) };
  for (let batch = 0; batch < 4; batch += 1) for await (const _ of predictor.run(inputs));
  expect(sizes.slice(0, 24)).toEqual([64, 32, 16, 8, ...new Array(20).fill(4)]);
  expect(Math.max(...sizes.slice(24))).toBeGreaterThan(4);
});

test("counts a row that the version rejects, and no other", async () => {
  const picky = versionOf((asked) => (asked.includes(3) ? new DomainError("invalid", "No threes.") : undefined));
  expect(await answersOf(picky, 6)).toEqual([0, 1, 2, "No threes.", 4, 5]);
  const failing = versionOf((asked) => (asked.includes(3) ? new InferenceFailure("model", "It failed.") : undefined));
  expect(await answersOf(failing, 6)).toEqual([0, 1, 2, "It failed.", 4, 5]);
});

test("gives up a version that hangs or crashes again and again", async () => {
  await expect(answersOf(versionOf(late), 4)).rejects.toThrow("timed out or crashed 3 times");
  const crash = () => new InferenceFailure("worker", "The worker process exited.");
  await expect(answersOf(versionOf(crash), 8)).rejects.toThrow("timed out or crashed 3 times");
  let crashes = 0;
  const once = versionOf(() => (crashes++ === 0 ? crash() : undefined));
  expect(await answersOf(once, 1)).toEqual([0]);
});
