import { expect, test } from "vitest";
import { madeCounts, madeDefinition, madeMinute } from "../../../testing/fixtures/slo/engine/made-slo.ts";
import { formatBudgetLeft } from "./contract.ts";
import { describeSlo } from "./describe-slo.ts";
import { readAbsence } from "./read-absence.ts";
import { readBudget } from "./read-budget.ts";
import { readTiers } from "./read-tiers.ts";

const day = 1440;
const month = 30 * day;
const outageAt = month - 10;
/** Worked example A: 100 a minute, an outage of the last 10 minutes of 30 days. */
const exampleA = {
  counts: madeCounts(month, 100, (minute) => (minute >= outageAt ? 100 : 0)),
  definition: madeDefinition(),
  now: madeMinute(month),
  adjustments: [],
};

test("consumes 23.148% of the budget in worked example A", () => {
  const budget = readBudget(exampleA);
  expect(budget).toMatchObject({
    total: 4_320_000,
    bad: 1000,
    allowed: 3320,
    band: "healthy",
    evenPace: null,
    periodEnd: null,
  });
  expect(budget.remaining).toBeCloseTo(0.76852, 5);
  expect(budget.interval).toBeNull();
  expect(describeSlo({ ...exampleA, budget, tiers: [] })[0]).toBe(
    "76.9% of the 30-day error budget is left: 3,320 more failures are allowed before the target is missed.",
  );
});

test("burns at 16.667 one minute into worked example A, and forecasts exhaustion from 76.852% in 33.2 h", () => {
  const now = madeMinute(outageAt + 1);
  const tiers = readTiers({ ...exampleA, now });
  expect(tiers[0]).toMatchObject({ bad: 100, total: 6000, passesGate: true, isFiring: true, isCapped: false });
  expect(tiers[0]?.long).toBeCloseTo(16.667, 3);
  expect(tiers.map(({ isFiring }) => isFiring)).toEqual([true, false, false, false]);
  const budget = readBudget({ ...exampleA, now });
  expect(budget.burnRate).toBeCloseTo(16.667, 3);
  const hours = ((budget.exhaustedAt ?? 0) - now) / 3_600_000;
  expect(hours).toBeCloseTo(((budget.remaining ?? 0) * 720) / (budget.burnRate ?? 1), 6);
  expect((0.76852 * 720) / 16.6667).toBeCloseTo(33.2, 1);
  const words = describeSlo({
    ...exampleA,
    budget: { ...budget, remaining: 0.76852, exhaustedAt: now + 33.2 * 3_600_000 },
    tiers,
    now,
  });
  expect(words).toContain(
    "Failing 16.7 times faster than the target allows. At this rate, the budget is exhausted in 1\u00a0d 9\u00a0h (2 May 09:03 UTC).",
  );
  expect(describeSlo({ ...exampleA, budget, tiers, now })).toContain(
    "Page: 2.3% of the 30-day budget was spent in the last hour, and still ongoing (last 5 minutes: 20% errors).",
  );
});

test("says that a window spent no more than the period did where most of its traffic was earlier", () => {
  const minutes = 40_000;
  const quiet = minutes - 360;
  // A thousand requests a minute, a pause of almost six hours, and ten failing minutes with a tenth of that.
  const counts = madeCounts(minutes, 1000, () => 0);
  for (let minute = quiet; minute < minutes; minute += 1) {
    counts.total[minute] = minute < minutes - 10 ? 0 : 100;
    counts.good[minute] = 0;
  }
  const slo = { ...exampleA, counts, now: madeMinute(minutes) };
  const [budget, tiers] = [readBudget(slo), readTiers(slo)];
  expect(tiers.map(({ isFiring }) => isFiring)).toEqual([true, true, false, false]);
  expect(budget.remaining).toBeCloseTo(1 - 1000 / (0.001 * budget.total), 9);
  const words = describeSlo({ ...slo, budget, tiers });
  expect(words[0]).toMatch(/^97\.5% of the 30-day error budget is left/);
  expect(words).toContain(
    "Page: 2.5% of the 30-day budget was spent in the last hour, and still ongoing (last 5 minutes: 100% errors).",
  );
});

test("holds back one failure of ten, with the reason", () => {
  const counts = madeCounts(60, 0, () => 0);
  for (const minute of [5, 11, 17, 23, 29, 35, 41, 47, 53, 59]) {
    counts.total[minute] = 1;
    counts.good[minute] = minute === 59 ? 0 : 1;
  }
  const slo = { ...exampleA, counts, now: madeMinute(60) };
  const tiers = readTiers(slo);
  expect(tiers[0]).toMatchObject({ bad: 1, total: 10, passesGate: false, isFiring: false });
  expect(tiers[0]?.long).toBeCloseTo(100, 9);
  expect(tiers[0]?.chance).toBeCloseTo(0.0099551, 7);
  const words = describeSlo({ ...slo, budget: readBudget(slo), tiers });
  expect(words).toContain(
    "1 of 10 requests failed. One failure is not significant (chance 1% for a healthy service); no page.",
  );
  const plain = { ...slo, definition: madeDefinition({ rules: { ...slo.definition.rules, gate: null } }) };
  expect(readTiers(plain)[0]).toMatchObject({ isFiring: true, chance: null });
  expect(readTiers({ ...slo, definition: plain.definition, now: madeMinute(59) })[0]?.isFiring).toBe(false);
});

test("waits for the minimum duration of a tier", () => {
  const [first] = exampleA.definition.rules.tiers;
  const rules = { ...exampleA.definition.rules, tiers: [{ ...(first as NonNullable<typeof first>), forMinutes: 2 }] };
  const fires = [1, 2, 3].map(
    (minutes) =>
      readTiers({ ...exampleA, definition: madeDefinition({ rules }), now: madeMinute(outageAt + minutes) })[0]
        ?.isFiring,
  );
  expect(fires).toEqual([false, false, true]);
});

test("excludes adjusted minutes from good and bad counts", () => {
  const adjustments = [{ from: madeMinute(outageAt), to: madeMinute(outageAt + 10) }];
  expect(readBudget({ ...exampleA, adjustments })).toMatchObject({
    total: 4_319_000,
    bad: 0,
    remaining: 1,
    burnRate: 0,
  });
  expect(readTiers({ ...exampleA, adjustments }).some(({ isFiring }) => isFiring)).toBe(false);
});

test("returns exactly 0 remaining, never −0 or a rounding residue", () => {
  const spent = readBudget({ ...exampleA, counts: madeCounts(month, 100, (minute) => (minute < 4320 ? 1 : 0)) });
  expect(Object.is(spent.remaining, 0)).toBe(true);
  expect(spent).toMatchObject({ band: "exhausted", allowed: 0, exhaustedAt: null });
  expect(formatBudgetLeft(-4.69e-14)).toBe("0%");
  expect(formatBudgetLeft(-0.12)).toBe("\u221212%");
  expect(describeSlo({ ...exampleA, budget: { ...spent, remaining: -0.12 }, tiers: [] })[0]).toBe(
    "The error budget is exhausted (12% over). Deployments are frozen, except rollbacks and fixes, until some of it has recovered or until an owner approves them.",
  );
});

test("returns null without counts instead of a full budget", () => {
  const slo = { ...exampleA, counts: madeCounts(month, 0, () => 0) };
  expect(readBudget(slo)).toMatchObject({
    ratio: null,
    remaining: null,
    band: "no-data",
    burnRate: null,
    allowed: null,
  });
  expect(readTiers(slo)[0]).toMatchObject({ long: null, short: null, isFiring: false });
  expect(describeSlo({ ...slo, budget: readBudget(slo), tiers: [] })).toEqual(["No data in the last 30 days yet."]);
});

test("returns Wilson's interval below 10,000 events", () => {
  const budget = readBudget({
    ...exampleA,
    counts: madeCounts(100, 10, (minute) => (minute < 10 ? 1 : 0)),
    now: madeMinute(100),
  });
  expect(budget.interval?.low).toBeCloseTo(0.9817, 4);
  expect(budget.interval?.high).toBeCloseTo(0.9946, 4);
  expect(describeSlo({ ...exampleA, budget, tiers: [] })).toContain(
    "99.0% good, between 98.2 and 99.5% (1,000 requests).",
  );
});

test("evaluates labels once they are mature", () => {
  const indicator = {
    kind: "realised-quality",
    endpointId: crypto.randomUUID(),
    maturityMs: 10 * 60_000,
    tolerance: null,
  } as const;
  const definition = madeDefinition({ indicator });
  expect(readBudget({ ...exampleA, definition }).bad).toBe(0);
  expect(readBudget({ ...exampleA, definition, now: exampleA.now + 10 * 60_000 }).bad).toBe(1000);
  const facts = {
    definition,
    budget: readBudget(exampleA),
    tiers: [],
    now: Date.UTC(2026, 4, 9),
    knownUntil: Date.UTC(2026, 4, 3),
  };
  expect(describeSlo({ ...facts, pending: 41_200 })).toContain(
    "Quality is complete up to 3 May. 41,200 later predictions wait for labels and are not counted.",
  );
});

test("counts slices as slices, in windows of at least one slice", () => {
  const budgeting = { method: "timeslices", sliceMinutes: 60, sliceTarget: 0.95 } as const;
  const definition = madeDefinition({ target: 0.99, budgeting });
  const counts = madeCounts(100 * 60, 10, (minute) => (minute >= 99 * 60 ? 5 : 0));
  const slo = { counts, definition, now: madeMinute(6000), adjustments: [] };
  expect(readBudget(slo)).toMatchObject({ total: 100, bad: 1, ratio: 0.99, remaining: 0 });
  expect(readTiers(slo)[0]).toMatchObject({ total: 1, bad: 1, passesGate: false });
  expect(readTiers(slo)[0]?.short).toBeCloseTo(100, 9);
});

test("describes absent traffic that is usually present", () => {
  const slo = { ...exampleA, counts: madeCounts(month, 100, () => 0) };
  slo.counts.total.fill(0, month - 20);
  const absent = readAbsence(slo);
  expect(absent).toEqual({ isAbsent: true, minutes: 10, usual: 1000, untestable: null });
  expect(describeSlo({ ...slo, budget: readBudget(slo), tiers: [], absent })).toContain(
    "No requests in the last 10 minutes; normally about 1,000.",
  );
  expect(
    readAbsence({ ...slo, definition: madeDefinition({ rules: { ...slo.definition.rules, absent: null } }) }),
  ).toBeNull();
});
