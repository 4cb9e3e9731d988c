import { expect, test } from "vitest";
import { findSavings, type MeasuredEndpoint, type MeasuredVersion } from "./find-savings.ts";
import { type FleetHour, fewerAtNight } from "./replicas.ts";

const version = (number: number, deviceMs: number, more: Partial<MeasuredVersion> = {}): MeasuredVersion => ({
  version: number,
  versionId: `v${number}`,
  rows: 1000,
  deviceMs,
  isCurrent: false,
  accuracy: undefined,
  ...more,
});
const endpoint = (more: Partial<MeasuredEndpoint>): MeasuredEndpoint => ({
  name: "digits",
  spent: 60,
  compute: 30,
  days: 30,
  versions: [],
  batches: [],
  repeats: null,
  ...more,
});
const right = (share: number) => ({ labelled: 1000, right: share * 1000 });

test("finds savings from a cheaper version unless it is less accurate", () => {
  const current = version(1, 2000, { isCurrent: true, accuracy: right(0.9) });
  const cheaper = version(2, 1500, { accuracy: right(0.9) });
  const [saving] = findSavings([endpoint({ versions: [current, cheaper] })], []);
  expect(saving).toMatchObject({ kind: "version", perMonth: 7.5, share: 0.125 });
  expect(saving?.words).toBe("Promote version 2: 25% cheaper per prediction");
  const worse = version(2, 1500, { accuracy: right(0.85) });
  expect(findSavings([endpoint({ versions: [current, worse] })], [])).toEqual([]);
  const [unknown] = findSavings([endpoint({ versions: [current, version(2, 1500)] })], []);
  expect(unknown?.basis).toContain("quality guardrail");
});

test("finds savings from observed batch sizes, but not from unobserved ones", () => {
  const single = { rows: 1, runs: 900, runMs: 2 };
  const [saving] = findSavings([endpoint({ batches: [single, { rows: 8, runs: 100, runMs: 4 }] })], []);
  // 1,700 rows took 2,200 ms, 1.294 each; in eights 0.5.
  expect(saving?.perMonth).toBeCloseTo(30 * (1 - 0.5 / (2200 / 1700)), 6);
  expect(findSavings([endpoint({ batches: [single] })], [])).toEqual([]);
  expect(findSavings([endpoint({ batches: [single, { rows: 8, runs: 3, runMs: 4 }] })], [])).toEqual([]);
});

test("finds savings from caching repeated requests, but not from too few requests", () => {
  const [saving] = findSavings([endpoint({ repeats: { requests: 1000, repeated: 200 } })], []);
  expect(saving).toMatchObject({ kind: "cache", perMonth: 6 });
  expect(findSavings([endpoint({ repeats: { requests: 50, repeated: 40 } })], [])).toEqual([]);
});

test("sizes a machine to its busiest hour with headroom", () => {
  const machine = { machine: "m", cores: 8, maxUtilisation: 1.5, hours: 600, spent: 80, days: 28 };
  const [saving] = findSavings([], [machine]);
  // 1.5 cores at 60% are 2.5, so 3 of 8.
  expect(saving).toMatchObject({ kind: "machine", share: 0.625 });
  expect(saving?.words).toBe("3 cores instead of 8: at most 1.5 were busy in any hour");
  expect(findSavings([], [{ ...machine, maxUtilisation: 5 }])).toEqual([]);
  expect(findSavings([], [{ ...machine, hours: 3 }])).toEqual([]);
});

const fleet = (busyAt: (hour: number) => number, machines = 4): FleetHour[] =>
  Array.from({ length: 10 * 24 }, (_, at) => {
    return { hour: at % 24, machines, cores: machines * 2, busyCores: busyAt(at % 24) };
  });

test("finds savings from fewer machines at night, including across midnight", () => {
  const saving = fewerAtNight(
    fleet((hour) => (hour >= 22 || hour < 5 ? 0.5 : 4.5)),
    { spent: 240, days: 30, timeZone: "Europe/Lisbon" },
  );
  expect(saving?.words).toBe("1 machine instead of 4 between 22:00 and 05:00 Europe/Lisbon");
  // Three of four machines in seven of 24 hours.
  expect(saving?.share).toBeCloseTo((3 * 7) / 96, 10);
  expect(
    fewerAtNight(
      fleet(() => 4.5),
      { spent: 240, days: 30, timeZone: "UTC" },
    ),
  ).toBeUndefined();
  expect(
    fewerAtNight(
      fleet(() => 0.1, 1),
      { spent: 240, days: 30, timeZone: "UTC" },
    ),
  ).toBeUndefined();
  expect(fewerAtNight(fleet(() => 0.1).slice(0, 48), { spent: 240, days: 30, timeZone: "UTC" })).toBeUndefined();
});
