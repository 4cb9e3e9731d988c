import { expect, test } from "vitest";
import type { Wire } from "#components/ui/wire.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { gpuCharts } from "./gpu-series.ts";

const total = {
  latencyMsP50: null,
  latencyMsP95: null,
  latencyMsP99: null,
  queueMsMean: null,
  computeMsMean: null,
  requests: 0,
  requestsPerSecond: null,
  serverErrors: 0,
  clientErrors: 0,
  cacheHits: 0,
  coalesced: 0,
};
const at = (step: number) => new Date(step * 60_000).toISOString();
const traffic = (gpus: Wire<EndpointSeries>["gpus"]): Wire<EndpointSeries> => ({
  stepSeconds: 60,
  versions: [],
  points: [],
  total,
  before: total,
  gpus,
  steps: [0, 1, 2].map((step) => ({ ...total, at: at(step), coveredSeconds: 60 })),
});
const range = { from: 0, to: 190_000 };
const point = (step: number, utilisation: number | null, memoryUsedBytes: number | null = null) => ({
  at: at(step),
  utilisation,
  memoryUsedBytes,
});
const gpu = (uuid: string, name: string, points: ReturnType<typeof point>[]) => ({
  gpu: uuid,
  name,
  memoryTotalBytes: 80 * 2 ** 30,
  points,
});

test("returns no charts without a GPU", () => {
  expect(gpuCharts(traffic([]), range)).toBeUndefined();
});

test("converts shares to percent and bytes to GB, and shows missing readings as gaps", () => {
  const charts = gpuCharts(traffic([gpu("GPU-1", "H100", [point(0, 0.25, 2e9), point(2, null)])]), range);
  expect(charts?.utilisation[0]?.points.map(({ value }) => value)).toEqual([25, null, null]);
  expect(charts?.memory[0]?.points.map(({ value }) => value)).toEqual([2, null, null]);
});

test("distinguishes GPUs of the same name by their ids", () => {
  const labels = (names: [string, string][]) =>
    gpuCharts(traffic(names.map(([uuid, name]) => gpu(uuid, name, []))), range)?.memory.map(({ label }) => label);
  expect(
    labels([
      ["GPU-aaaabbbb-1", "H100"],
      ["GPU-ccccdddd-2", "L4"],
    ]),
  ).toEqual(["H100", "L4"]);
  expect(
    labels([
      ["GPU-aaaabbbb-1", "L4"],
      ["GPU-ccccdddd-2", "L4"],
    ]),
  ).toEqual(["L4 aaaabbbb", "L4 ccccdddd"]);
});
