import { expect, test } from "vitest";
import { mlpSignature } from "../../testing/fixtures/serving/testing.ts";
import { FieldContract } from "../protection/contract.ts";
import { arrivals, warmUpMs } from "./arrivals.ts";
import { LoadTestSettings } from "./contract.ts";
import { readLoadTest, signLoadTest } from "./credential.ts";
import { syntheticRequests } from "./request-bodies.ts";
import { randomInputs } from "./synthetic-inputs.ts";

const settings = (change: object = {}) => LoadTestSettings.parse({ rates: [50], stepSeconds: 100, ...change });

test("spaces constant arrivals evenly at the rate", () => {
  const moments = arrivals(settings({ arrivals: "constant" }), 50);
  expect(moments).toHaveLength(5000);
  expect(moments[1]).toBe(20);
  expect(moments.at(-1)).toBe(99_980);
});

test("generates a Poisson process at the rate, with exponential gaps and the same for a seed", () => {
  const moments = arrivals(settings(), 50);
  expect(arrivals(settings(), 50)).toEqual(moments);
  expect(arrivals(settings({ seed: 2 }), 50)).not.toEqual(moments);
  // 5000 are expected, with a standard deviation of √5000 = 71.
  expect(Math.abs(moments.length - 5000)).toBeLessThan(4 * 71);
  const gaps = Array.from(moments, (at, index) => at - (moments[index - 1] ?? 0));
  const longer = gaps.filter((gap) => gap > 20).length / gaps.length;
  expect(longer).toBeCloseTo(Math.exp(-1), 1);
  expect(Math.max(...moments)).toBeLessThan(100_000);
});

test("excludes a fifth of a step, at most three seconds, as warm-up", () => {
  expect(warmUpMs(5)).toBe(1000);
  expect(warmUpMs(60)).toBe(3000);
});

test("rejects settings out of bounds and gives the reason", () => {
  const refused = (change: object) => LoadTestSettings.safeParse({ rates: [10], ...change }).error?.issues[0]?.message;
  expect(refused({ rates: [10, 10] })).toBe("Each rate must be higher than the previous one.");
  expect(refused({ rates: [5000] })).toContain("2000");
  expect(refused({ rates: [1, 2, 3, 4], stepSeconds: 300 })).toContain("at most 15 minutes");
});

test("generates synthetic inputs that satisfy the contract of their field", () => {
  const fields = [
    FieldContract.parse({ input: "x", column: 0, minimum: 5, maximum: 6 }),
    FieldContract.parse({ input: "x", column: 1, levels: [2, 4] }),
    FieldContract.parse({ input: "x", column: 2, type: "integer", minimum: -3, maximum: 3 }),
  ];
  const [x] = randomInputs(mlpSignature, fields, { rows: 200, seed: 1 });
  expect(x?.shape).toEqual([200, 4]);
  const column = (position: number) => Array.from(x?.data as Float32Array).filter((_, index) => index % 4 === position);
  expect(column(0).every((value) => value >= 5 && value <= 6)).toBe(true);
  expect(new Set(column(1))).toEqual(new Set([2, 4]));
  expect(new Set(column(2))).toEqual(new Set([-3, -2, -1, 0, 1, 2, 3]));
  expect(column(3).every((value) => value >= 0 && value < 1)).toBe(true);
});

test("generates small requests as JSON and large ones as binary, reproducibly from a seed", () => {
  const small = syntheticRequests(mlpSignature, [], { rows: 2, seed: 1 });
  expect(small).toHaveLength(64);
  expect(JSON.parse(Buffer.from(small[0]?.body ?? []).toString())).toMatchObject({
    inputs: [{ name: "x", datatype: "FP32", shape: [2, 4] }],
  });
  expect(small[0]?.body).not.toEqual(small[1]?.body);
  expect(syntheticRequests(mlpSignature, [], { rows: 2, seed: 1 })).toEqual(small);
  const wide = { ...mlpSignature, inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 3, 224, 224] }] };
  const [large, ...others] = syntheticRequests(wide, [], { rows: 1, seed: 1 });
  const length = Number(large?.headers["inference-header-content-length"]);
  expect(large?.body.length).toBe(length + 3 * 224 * 224 * 4);
  expect((others.length + 1) * (large?.body.length ?? 0)).toBeLessThan(32 * 2 ** 20);
});

test("sends FP16 inputs and requests FP16 outputs as binary, whatever the size", () => {
  const halves = { ...mlpSignature, outputs: [{ name: "y", datatype: "FP16" as const, shape: ["N", 3] }] };
  const [request] = syntheticRequests(halves, [], { rows: 1, seed: 1 });
  const length = Number(request?.headers["inference-header-content-length"]);
  expect(JSON.parse(Buffer.from(request?.body ?? []).toString("utf8", 0, length))).toMatchObject({
    parameters: { binary_data_output: true },
  });
});

test("accepts a load test credential only until it expires and only with the signing key", () => {
  const id = "5d5f5e1c-4f4c-4b6e-9a4f-0c8f7d4f7a11";
  const claim = { loadTestId: id, workspaceId: id, endpoint: "digits", versionId: id, expiresAt: 1000 };
  const secret = signLoadTest(claim, "key");
  expect(readLoadTest(secret, "key", 999)).toEqual(claim);
  expect(readLoadTest(secret, "key", 1000)).toBeUndefined();
  expect(readLoadTest(secret, "another key", 999)).toBeUndefined();
  const [mark, payload, signature] = secret.split(".");
  const forged = Buffer.from(JSON.stringify({ ...claim, endpoint: "other" })).toString("base64url");
  expect(readLoadTest([mark, forged, signature].join("."), "key", 999)).toBeUndefined();
  expect(readLoadTest([mark, payload].join("."), "key", 999)).toBeUndefined();
});
