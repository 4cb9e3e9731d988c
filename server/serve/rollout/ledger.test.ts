import { expect, test } from "vitest";
import { servedRolloutOf } from "../../testing/fixtures/serving/rollout/testing.ts";
import { Assigned } from "../router/rollout/assigned.ts";
import { AgeLine } from "./age-line.ts";
import { BurstCap, maxEventsPerMinute } from "./burst-cap.ts";
import type { CountedRequest } from "./counted-request.ts";
import { Ledger } from "./ledger.ts";
import type { ServedRollout } from "./served-rollout.ts";

const metrics: ServedRollout["metrics"] = ["errors", "slow", "invalid-outputs", "output-shift", "cost", "conversions"];
const rollout = servedRolloutOf({ metrics, slowMs: 100, outcomeAgeMs: 1000 });

function request(values: Partial<CountedRequest> = {}): CountedRequest {
  return {
    arm: "canary",
    step: 0,
    weight: 0.1,
    unit: "",
    client: "token",
    startedAt: 0,
    endedAt: undefined,
    ownMs: undefined,
    isTimed: true,
    status: 0,
    isInvalid: false,
    bin: undefined,
    cost: undefined,
    isSampled: true,
    isExcluded: false,
    isOverdue: false,
    ...values,
  };
}

/** Returns "units/events" by metric. */
function countBytes(ledger: Ledger): Record<string, string> {
  return Object.fromEntries(ledger.rows.all.map(({ metric, units, events }) => [metric, `${units}/${events}`]));
}

test("counts everything at one fixed age, and as slow what the version itself was slow for", () => {
  const ledger = new Ledger("workspace", rollout);
  const [quick, late, queued] = [request(), request({ startedAt: 10 }), request({ startedAt: 20 })];
  for (const one of [quick, late, queued]) ledger.add(one);
  ledger.end(quick, 500, 20);
  late.ownMs = 101;
  ledger.end(late, 200, 300);
  // It waited for a busy machine, and ran as quickly as ever.
  queued.ownMs = 20;
  ledger.end(queued, 200, 900);
  ledger.advance(999);
  expect(countBytes(ledger)).toEqual({});
  ledger.advance(1020);
  expect(countBytes(ledger)).toMatchObject({ slow: "3/1", errors: "3/1", "client-errors": "3/0", conversions: "3/0" });
});

test("counts no times while the versions run in different modes, but everything else", () => {
  const ledger = new Ledger("workspace", rollout);
  for (const isTimed of [false, true]) {
    const one = request({ isTimed, ownMs: 500 });
    ledger.add(one);
    ledger.end(one, 500, 510);
  }
  ledger.advance(1000);
  expect(countBytes(ledger)).toMatchObject({ slow: "1/1", errors: "2/2" });
});

test("counts a request that has not ended at its age once, when it ends", () => {
  const ledger = new Ledger("workspace", rollout);
  const hanging = request();
  ledger.add(hanging);
  ledger.advance(5000);
  expect(countBytes(ledger)).toEqual({ slow: "1/1" });
  expect(ledger.isIdle).toBe(false);
  ledger.end(hanging, 504, 30_000);
  ledger.advance(40_000);
  expect(countBytes(ledger)).toMatchObject({ slow: "1/1", errors: "1/1" });
});

test.each([
  [200, "1/0", "1/0"],
  [400, "1/0", "1/1"],
  [422, "1/0", "1/1"],
  [408, "1/1", "1/0"],
  [429, "1/0", "1/0"],
  [499, "1/0", "1/0"],
  [500, "1/1", "1/0"],
  [504, "1/1", "1/0"],
])("counts errors and client errors for status %d", (status, errors, clientErrors) => {
  const ledger = new Ledger("workspace", rollout);
  const one = request();
  ledger.add(one);
  ledger.end(one, status, 5);
  ledger.advance(1000);
  expect(countBytes(ledger)).toMatchObject({ errors, "client-errors": clientErrors });
});

test("counts outputs by bin, costs as sums and invalid outputs separately", () => {
  const ledger = new Ledger("workspace", rollout);
  for (const values of [
    { bin: 2, cost: 3 },
    { bin: 2, cost: 5 },
    { bin: 0, isInvalid: true },
  ]) {
    const one = request(values);
    ledger.add(one);
    ledger.end(one, 200, 5);
  }
  ledger.advance(2000);
  const rows = ledger.rows.all;
  expect(rows.filter(({ metric }) => metric === "output-shift")).toMatchObject([
    { bin: 0, units: 1, events: 1 },
    { bin: 2, units: 2, events: 2 },
  ]);
  expect(rows.find(({ metric }) => metric === "cost")).toMatchObject({ units: 2, events: 0, sum: 8, sumSquares: 34 });
  expect(countBytes(ledger)).toMatchObject({ "invalid-outputs": "3/1" });
});

test("excludes responses without a run of their own", () => {
  const ledger = new Ledger("workspace", rollout);
  const all = [request(), request()];
  const assigned = all.map((counted) => new Assigned({ rollout, arm: "canary", ledger, counted }));
  assigned[1]?.exclude();
  for (const one of assigned) one.end(500, 5, () => undefined);
  ledger.advance(2000);
  expect(countBytes(ledger)).toMatchObject({ slow: "1/0", errors: "1/1" });
  expect(assigned.map((one) => one.mark({ drawId: "id" }))).toEqual([
    { id: "rollout", step: 0, weight: 0.1, unit: "id", isSampled: false },
    null,
  ]);
});

test("uses the first event per metric of a keyed unit, in its arm and step", () => {
  const ledger = new Ledger("workspace", { ...rollout, unit: { kind: "token" } });
  const first = request({ unit: "u", arm: "stable" });
  const later = request({ unit: "u", arm: "canary", step: 1, weight: 0.5, startedAt: 10 });
  const latest = request({ unit: "u", arm: "canary", step: 1, weight: 0.5, startedAt: 20 });
  for (const [one, status] of [
    [first, 200],
    [later, 500],
    [latest, 503],
  ] as const) {
    ledger.add(one);
    ledger.end(one, status, one.startedAt + 5);
  }
  ledger.advance(2000);
  const seen = ledger.units.take();
  expect(seen).toMatchObject([
    { unit: "u", arm: "stable", step: 0, events: [{ metric: "errors", arm: "canary", step: 1, weight: 0.5 }] },
  ]);
  ledger.units.confirm(seen);
  const again = request({ unit: "u", startedAt: 3000 });
  ledger.add(again);
  ledger.end(again, 500, 3001);
  ledger.advance(9000);
  expect(ledger.units.take()).toEqual([]);
  expect(ledger.rows.all).toEqual([]);
});

test("reports units again that could not be stored, with their first events", () => {
  const ledger = new Ledger("workspace", { ...rollout, unit: { kind: "token" } });
  const one = request({ unit: "u" });
  ledger.add(one);
  ledger.end(one, 500, 5);
  ledger.advance(2000);
  const seen = ledger.units.take();
  const two = request({ unit: "u", step: 3, startedAt: 2001 });
  ledger.add(two);
  ledger.end(two, 500, 2600);
  ledger.advance(9000);
  ledger.units.restoreRows(seen);
  expect(ledger.units.take()).toMatchObject([
    {
      unit: "u",
      step: 0,
      events: [
        { metric: "errors", step: 0 },
        { metric: "slow", step: 3 },
      ],
    },
  ]);
});

test("caps the events per minute of a client across arms", () => {
  const cap = new BurstCap();
  const taken = Array.from({ length: maxEventsPerMinute + 50 }, () => cap.takes("noisy", "errors", 1000));
  expect(taken.filter(Boolean).length).toBe(maxEventsPerMinute);
  expect(cap.takes("other", "errors", 1000)).toBe(true);
  expect(cap.takes("noisy", "slow", 1000)).toBe(true);
  expect(cap.takes("noisy", "errors", 61_000)).toBe(true);
});

test("visits each item once at each age, in order, however many there are", () => {
  const line = new AgeLine<{ startedAt: number }>([10, 1]);
  const seen: [number, number][] = [];
  for (let now = 0; now < 5000; now++) {
    line.add({ startedAt: now });
    line.advance(now, (index, { startedAt }) => seen.push([index, startedAt]));
  }
  line.advance(Number.POSITIVE_INFINITY, (index, { startedAt }) => seen.push([index, startedAt]));
  expect(line.length).toBe(0);
  const all = Array.from({ length: 5000 }, (_, at) => at);
  for (const index of [0, 1]) expect(seen.filter(([age]) => age === index).map(([, at]) => at)).toEqual(all);
});

test("counts only sampled requests as units for business events, but all requests with keyed units", () => {
  const ledger = new Ledger("workspace", servedRolloutOf({ metrics: ["errors"], slowMs: 100, outcomeAgeMs: 1000 }));
  for (const [isSampled, status] of [
    [true, 200],
    [true, 500],
    [false, 200],
  ] as const) {
    const one = request({ isSampled });
    ledger.add(one);
    ledger.end(one, status, 20);
  }
  ledger.advance(2000);
  expect(countBytes(ledger)).toMatchObject({ errors: "3/1", conversions: "2/0" });
  const sticky = new Ledger("workspace", servedRolloutOf({ metrics: ["errors"], unit: { kind: "token" } }));
  expect(sticky.unitMetrics).toContain("conversions");
});

test("clips request costs at the limit, and accepts routes of an earlier release without one", () => {
  const costs = (costClip: number | null | undefined) => {
    const limited = { ...rollout, costClip: costClip as number | null };
    const ledger = new Ledger("workspace", limited);
    const one = new Assigned({ rollout: limited, arm: "canary", ledger, counted: request() });
    one.end(200, 10, () => 50);
    ledger.advance(2000);
    return ledger.rows.all.filter(({ metric }) => metric === "cost").map(({ sum, sumSquares }) => [sum, sumSquares]);
  };
  expect(costs(20)).toEqual([[20, 400]]);
  expect(costs(null)).toEqual([[50, 2500]]);
  expect(costs(undefined)).toEqual([[50, 2500]]);
});
