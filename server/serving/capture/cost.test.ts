import { expect, test } from "vitest";
import { costOf, costOfRequest } from "./cost.ts";

const prices = { coreHour: 0.036, gpuHour: 3.6, threads: 2 };
const run = { provider: "cpu", workerMs: 500, rows: 1, batchRows: 1 };

test("a run costs the time of its worker at the price of the cores that it takes, or of a GPU", () => {
  // Half a second of two cores at 0.00001 a second each.
  expect(costOf(prices, run)).toBeCloseTo(0.000_01, 12);
  for (const provider of ["cuda", "tensorrt", "webgpu"]) {
    expect(costOf(prices, { ...run, provider })).toBeCloseTo(0.0005, 12);
  }
});

test("requests of a batch share it by their rows", () => {
  const [small, large] = [1, 3].map((rows) => costOf(prices, { ...run, rows, batchRows: 4 }));
  expect(small).toBeCloseTo(0.000_01 / 4, 12);
  expect((small ?? 0) + (large ?? 0)).toBeCloseTo(0.000_01, 12);
});

test("without a price there is no cost, and a price of zero is one", () => {
  expect(costOf({ ...prices, coreHour: undefined }, run)).toBeNull();
  expect(costOf({ ...prices, gpuHour: undefined }, { ...run, provider: "cuda" })).toBeNull();
  expect(costOf(prices, { ...run, provider: "remote triton" })).toBeNull();
  expect(costOf({ ...prices, coreHour: 0 }, run)).toBe(0);
});

test("a request that did not run cost nothing; where not all of its runs are known, neither is its cost", () => {
  const batch = { startedAt: 0, endedAt: 0, requests: 2, rows: 4, traces: [] };
  const result = { tensors: [], queueMs: 7, inputMs: 100, runMs: 300, outputMs: 100, batch };
  const request = { provider: "cpu", source: "model" as const, rows: 2, result, steps: undefined };
  expect(costOfRequest(prices, request)).toBeCloseTo(0.000_005, 12);
  expect(costOfRequest(prices, { ...request, steps: [{}] })).toBeCloseTo(0.000_005, 12);
  expect(costOfRequest(prices, { ...request, steps: [{}, {}] })).toBeNull();
  expect(costOfRequest(prices, { ...request, result: undefined })).toBeNull();
  expect(costOfRequest(prices, { ...request, source: "cache", result: undefined })).toBe(0);
  expect(costOfRequest({ ...prices, coreHour: undefined }, { ...request, source: "cache" })).toBeNull();
});
