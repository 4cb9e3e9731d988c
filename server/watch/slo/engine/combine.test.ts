import { expect, test } from "vitest";
import { madeCounts, madeDefinition, madeMinute } from "../../../testing/fixtures/slo/engine/made-slo.ts";
import type { Composite, SloDefinition } from "../../objectives/contract.ts";
import { combine } from "./combine.ts";
import { readBudget } from "./read-budget.ts";

const [a, b] = ["6f6e3c1a-6d0e-4d57-9d2f-0f7f5a1f4c11", "6f6e3c1a-6d0e-4d57-9d2f-0f7f5a1f4c12"] as const;
const minutes = 600;
const now = madeMinute(minutes);

function composite(
  mode: Composite["mode"],
  changes: Partial<SloDefinition> = {},
  weights: readonly [number, number] = [1, 0.5],
): SloDefinition {
  const parts = [
    { sloId: a, weight: weights[0] },
    { sloId: b, weight: weights[1] },
  ];
  return madeDefinition({ indicator: null, composite: { mode, parts }, ...changes });
}

function part(sloId: string, target: number, badShare: number, changes: Partial<SloDefinition> = {}) {
  const counts = madeCounts(minutes, 1000, () => 1000 * badShare);
  return { sloId, isArchived: false, counts, definition: madeDefinition({ target, ...changes }), adjustments: [] };
}

// Burn rates 2.0 at 99% and 0.5 at 99.9%: parts keep their own targets.
const parts = [part(a, 0.99, 0.02), part(b, 0.999, 0.0005)];

test.each([
  ["openslo", 2.25, -1.25],
  ["weighted", 1.5, -0.5],
  ["worst", 2, -1],
] as const)("combines %s: burn rate %d, remaining %d", (mode, burn, remaining) => {
  const { budget, tiers } = combine(composite(mode), parts, now);
  expect(budget.burnRate).toBeCloseTo(burn, 9);
  expect(budget.remaining).toBeCloseTo(remaining, 9);
  expect(tiers.map(({ long }) => Number(long?.toFixed(9)))).toEqual([burn, burn, burn, burn]);
  expect(tiers.map(({ isFiring }) => isFiring)).toEqual([false, false, false, true]);
});

test("leaves archived components out, and requires one that is not", () => {
  const archived = parts.map((part) => ({ ...part, isArchived: true }));
  const [first, second] = parts;
  if (!first || !second) throw new Error("There are two components.");
  const { budget } = combine(composite("openslo"), [first, { ...second, isArchived: true }], now);
  expect(budget.burnRate).toBeCloseTo(2, 9);
  expect(() => combine(composite("openslo"), archived, now)).toThrow("All components of this SLO are archived.");
});

test("requires significant failures of one component at a level shared among the components", () => {
  const few = (bad: number, sloId: string) => ({
    ...part(sloId, 0.999, 0),
    counts: madeCounts(minutes, 1, (minute) => (minute >= minutes - bad ? 1 : 0)),
  });
  // Two of 60: P = 0.0017; three: 3.3e-5, twice that with two components.
  const read = (bad: number) => combine(composite("worst"), [few(bad, a), few(0, b)], now).tiers[0];
  expect(read(2)).toMatchObject({ passesGate: false, isFiring: false });
  expect(read(3)).toMatchObject({ passesGate: true, isFiring: true });
  expect(read(3)?.chance).toBeCloseTo(2 * 3.2789e-5, 8);
});

test("marks a slice as bad if it is bad for any component, and sums the losses of ratios", () => {
  const timeslices = { method: "timeslices", sliceMinutes: 1, sliceTarget: 0.95 } as const;
  const at = (sloId: string, bad: number) => ({
    ...part(sloId, 0.9, 0, { budgeting: timeslices }),
    counts: madeCounts(minutes, 10, (minute) => (minute === bad ? 5 : 0)),
  });
  const any = combine(composite("openslo", { target: 0.9, budgeting: timeslices }), [at(a, 3), at(b, 7)], now).budget;
  expect(any).toMatchObject({ total: 600, bad: 2 });
  const budgeting = { method: "ratio-timeslices", sliceMinutes: 1 } as const;
  const ratios = combine(
    composite("openslo", { target: 0.9, budgeting }, [1, 1]),
    [part(a, 0.9, 0.05, { budgeting }), part(b, 0.9, 0.05, { budgeting })],
    now,
  ).budget;
  expect(ratios.ratio).toBeCloseTo(0.9, 9);
  expect(ratios.remaining).toBeCloseTo(0, 9);
});

test("rejects components of other windows or methods, nested composites and missing components", () => {
  const refuse = (changes: Partial<SloDefinition>) => () =>
    combine(composite("worst"), [part(a, 0.99, 0, changes), part(b, 0.99, 0)], now);
  expect(refuse({ period: { kind: "rolling", days: 7 } })).toThrow("must have the same window");
  expect(refuse({ budgeting: { method: "ratio-timeslices", sliceMinutes: 1 } })).toThrow("budgeting method");
  expect(refuse({ composite: { mode: "worst", parts: [] } })).toThrow("cannot be nested");
  expect(() => combine(composite("worst"), [part(a, 0.99, 0)], now)).toThrow("no longer exists");
});

test("returns the worst of a component and an idle one as that component", () => {
  const [first] = parts as [(typeof parts)[number]];
  const idle = { ...part(b, 0.999, 0), counts: madeCounts(minutes, 0, () => 0) };
  const alone = readBudget({ ...first, now });
  expect(combine(composite("worst"), [first, idle], now).budget.remaining).toBe(alone.remaining);
});
