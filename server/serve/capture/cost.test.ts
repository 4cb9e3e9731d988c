import { expect, test } from "vitest";
import { costOf, costOfRequest } from "./cost.ts";
import { deviceMsOf } from "./device-ms.ts";

const prices = { coreHour: 0.036, gpuHour: 3.6, engineRequest: 0.002 };
const batch = { startedAt: 0, endedAt: 0, requests: 2, rows: 4, traces: [] };
const result = { tensors: [], queueMs: 7, inputMs: 100, runMs: 300, outputMs: 100, batch };
const request = { provider: "cpu", source: "model" as const, rows: 2, result, steps: undefined, threads: 2 };

test("assigns a request its share of the rows of a run, of each core of the run, or of a GPU", () => {
  // Half a second of two cores, shared by four rows of which two are its own.
  expect(deviceMsOf(request)).toBe(500);
  expect(deviceMsOf({ ...request, rows: 4 })).toBe(1000);
  for (const provider of ["cuda", "tensorrt", "webgpu"]) expect(deviceMsOf({ ...request, provider })).toBe(250);
  expect(deviceMsOf({ ...request, provider: "remote triton" })).toBe(0);
  expect(deviceMsOf({ ...request, result: undefined })).toBe(0);
});

test("splits the time of a batch between its requests exactly once", () => {
  const shares = [1, 3].map((rows) => deviceMsOf({ ...request, rows, threads: 1 }));
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(500);
});

test("prices a request by its time and the hourly price, or per request on an engine", () => {
  // 500 core-milliseconds at 0.00001 a second; 250 GPU-milliseconds at 0.001 a second.
  expect(costOfRequest(prices, request)).toBeCloseTo(0.000_005, 12);
  expect(costOfRequest(prices, { ...request, provider: "cuda" })).toBeCloseTo(0.000_25, 12);
  expect(costOfRequest(prices, { ...request, provider: "remote triton" })).toBeCloseTo(0.002, 12);
});

test("returns no cost without a price, and accepts a price of zero", () => {
  const run = { provider: "cpu", deviceMs: 500, requests: 1 };
  expect(costOf({ ...prices, coreHour: undefined }, run)).toBeNull();
  expect(costOf({ ...prices, gpuHour: undefined }, { ...run, provider: "cuda" })).toBeNull();
  expect(costOf({ ...prices, engineRequest: undefined }, { ...run, provider: "remote triton" })).toBeNull();
  expect(costOf(prices, { ...run, provider: "none" })).toBeNull();
  expect(costOf({ ...prices, coreHour: 0 }, run)).toBe(0);
});

test("returns zero for a request that did not run, and null if any of its runs is unknown", () => {
  expect(costOfRequest(prices, { ...request, steps: [{}] })).toBeCloseTo(0.000_005, 12);
  expect(costOfRequest(prices, { ...request, steps: [{}, {}] })).toBeNull();
  expect(costOfRequest(prices, { ...request, result: undefined })).toBeNull();
  expect(costOfRequest(prices, { ...request, source: "cache", result: undefined })).toBe(0);
  expect(costOfRequest({ ...prices, coreHour: undefined }, { ...request, source: "cache" })).toBeNull();
});
