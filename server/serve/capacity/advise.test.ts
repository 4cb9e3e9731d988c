import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { TrafficTotal } from "../series/contract.ts";
import { adviseCapacity, seenLoad } from "./advise.ts";

const load = { peakPerSecond: 100, stepSeconds: 60, serviceMs: 10, workers: 1, gateways: 2 };

test("computes for two workers and one erlang a utilisation of 50% and a p99 wait of ln(100/3) / 100 s", () => {
  const { utilisation, waitMsNow, lines } = adviseCapacity(load);
  expect(utilisation).toBeCloseTo(0.5, 10);
  expect(waitMsNow).toBeCloseTo((Math.log(100 / 3) / 100) * 1000, 6); // 35.07 ms
  expect(lines.map(({ waitMs, gateways }) => [waitMs, gateways])).toEqual([
    [5, 4],
    [20, 3],
    [100, 2],
  ]);
  const [strict, , patient] = lines;
  expect(strict?.maxPerSecond).toBeLessThan(100);
  expect(patient?.maxPerSecond).toBeGreaterThan(100);
});

test("rounds up to whole gateways by the workers of each", () => {
  const { lines } = adviseCapacity({ ...load, workers: 3 });
  expect(lines.map(({ workers, gateways }) => [workers, gateways])).toEqual([
    [4, 2],
    [3, 1],
    [2, 1],
  ]);
});

test("returns no wait for a load above the capacity", () => {
  const { utilisation, waitMsNow } = adviseCapacity({ ...load, peakPerSecond: 250 });
  expect(utilisation).toBeCloseTo(1.25, 10);
  expect(waitMsNow).toBeNull();
});

test("takes the load from the busiest step and the serving gateways", () => {
  const versionId = randomUUID();
  const version = { endpointId: randomUUID(), versionId, state: "ready" as const, isServing: true, workers: 2 };
  const gateways = [
    { versions: [version] },
    { versions: [version, { ...version, versionId: randomUUID() }] },
    { versions: [] },
  ];
  const steps = [{ requestsPerSecond: 3 }, { requestsPerSecond: null }, { requestsPerSecond: 9 }];
  const traffic = { stepSeconds: 60, total: { computeMsMean: 4 } as TrafficTotal, steps };
  const current = { versionId } as never;
  expect(seenLoad(traffic, { current, gateways })).toEqual({
    peakPerSecond: 9,
    stepSeconds: 60,
    serviceMs: 4,
    workers: 2,
    gateways: 2,
  });
  expect(seenLoad({ ...traffic, steps: [] }, { current, gateways })).toBeUndefined();
  const { workers: _, ...onEngine } = version;
  expect(seenLoad(traffic, { current, gateways: [{ versions: [onEngine] }] })).toBeUndefined();
});
