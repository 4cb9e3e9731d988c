import { expect, test } from "vitest";
import type { Wire } from "#components/ui/wire.ts";
import type { EndpointSeries } from "#server/serve/series/contract.ts";
import { servedSpans, trafficCharts } from "./traffic-series.ts";

const none = { latencyMsP50: null, latencyMsP95: null, latencyMsP99: null, queueMsMean: null, computeMsMean: null };
const total = {
  ...none,
  requests: 0,
  requestsPerSecond: null,
  serverErrors: 0,
  clientErrors: 0,
  cacheHits: 0,
  coalesced: 0,
};
const at = (step: number) => new Date(step * 60_000).toISOString();

type Row = [step: number, version: number, requests: number, errors: number];

function traffic(rows: Row[], covered: Record<number, number> = {}): Wire<EndpointSeries> {
  const steps = [...new Set(rows.map(([step]) => step))].sort((a, b) => a - b);
  const versions = [...new Set(rows.map(([, version]) => version))];
  return {
    stepSeconds: 60,
    versions: versions.map((version) => ({
      versionId: `id${version}`,
      modelName: "digits",
      version,
      providers: [],
      total,
    })),
    points: rows.map(([step, version, requests, serverErrors]) => ({
      ...total,
      at: at(step),
      versionId: `id${version}`,
      arm: "stable" as const,
      requests,
      serverErrors,
      requestsPerSecond: 99,
    })),
    steps: steps.map((step) => ({ ...total, at: at(step), coveredSeconds: covered[step] ?? 60, latencyMsP95: 10 })),
    gpus: [],
    total,
    before: total,
  };
}
const range = (steps: number) => ({ from: 0, to: steps * 60_000 + 10_000 });
const values = (series: { points: readonly { value: number | null }[] } | undefined) =>
  series?.points.map(({ value }) => value);

test("lists the deployed version first, and gives each version its own colour", () => {
  const { rate } = trafficCharts(
    traffic([
      [0, 2, 60, 0],
      [0, 3, 60, 0],
    ]),
    "id2",
    range(2),
  );
  expect(rate.map(({ label, version }) => [label, version])).toEqual([
    ["v2", 2],
    ["v3", 3],
  ]);
});

test("splits the step of a switch between both versions, so that their sum is the request rate", () => {
  const { rate } = trafficCharts(
    traffic([
      [0, 2, 120, 0],
      [1, 2, 40, 0],
      [1, 3, 80, 0],
      [2, 3, 120, 0],
    ]),
    "id3",
    range(4),
  );
  expect(values(rate[0])).toEqual([0, 80 / 60, 2]);
  expect(values(rate[1])).toEqual([2, 40 / 60, 0]);
});

test("shows a step without a row as a gap in every chart, never as zero", () => {
  const { rate, latency, errors } = trafficCharts(
    traffic([
      [0, 1, 60, 0],
      [2, 1, 60, 3],
    ]),
    "id1",
    range(6),
  );
  expect(values(rate[0])).toEqual([1, null, 1, null, null]);
  expect(values(latency[1])).toEqual([10, null, 10, null, null]);
  expect(values(errors[0])).toEqual([0, null, 5, null, null]);
});

test("returns no error rate without requests", () => {
  const { rate, errors } = trafficCharts(traffic([[0, 1, 0, 0]]), "id1", range(2));
  expect(values(rate[0])).toEqual([0]);
  expect(values(errors[0])).toEqual([null]);
});

test("divides a partly covered step by the covered time only", () => {
  expect(values(trafficCharts(traffic([[0, 1, 60, 0]], { 0: 20 }), "id1", range(2)).rate[0])).toEqual([3]);
});

test("aggregates the remaining versions if there are more than three", () => {
  const rows: Row[] = [1, 2, 3, 4].map((version) => [0, version, 60, 0]);
  const { rate } = trafficCharts(traffic(rows), "id1", range(2));
  expect(rate.map(({ label }) => label)).toEqual(["v1", "v4", "others"]);
  expect(values(rate[2])).toEqual([2]);
});

test("returns no series without measurements", () => {
  expect(trafficCharts(traffic([]), "id1", range(10)).rate).toEqual([]);
});

test("returns which version served when within the range, and joins deployments of the same one", () => {
  const at = (version: number, deployedAt: string) => ({ modelName: "fraud", version, deployedAt });
  const history = [
    at(31, "2026-05-21T02:54:00Z"),
    at(32, "2026-05-21T02:38:00Z"),
    at(31, "2026-05-20T12:00:00Z"),
    at(31, "2026-05-19T12:00:00Z"),
    at(30, "2026-05-01T12:00:00Z"),
  ];
  const range = { from: Date.parse("2026-05-19T00:00:00Z"), to: Date.parse("2026-05-21T03:00:00Z") };
  expect(
    servedSpans(history, range).map(({ label, from, to }) => [
      label,
      new Date(from).toISOString(),
      (to - from) / 60_000,
    ]),
  ).toEqual([
    ["v30", "2026-05-19T00:00:00.000Z", 720],
    ["v31", "2026-05-19T12:00:00.000Z", 2318],
    ["v32", "2026-05-21T02:38:00.000Z", 16],
    ["v31", "2026-05-21T02:54:00.000Z", 6],
  ]);
  expect(servedSpans([], range)).toEqual([]);
});
