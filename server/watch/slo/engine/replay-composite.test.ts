import { expect, test } from "vitest";
import { madeCounts, madeDefinition, madeMinute, madeStart } from "../../../testing/fixtures/slo/engine/made-slo.ts";
import type { BurnTier, Composite, SloDefinition } from "../../objectives/contract.ts";
import { type CompositePart, combine } from "./combine.ts";
import { replayComposite } from "./replay-composite.ts";
import { replayRules } from "./replay-rules.ts";

const [a, b] = ["6f6e3c1a-6d0e-4d57-9d2f-0f7f5a1f4c11", "6f6e3c1a-6d0e-4d57-9d2f-0f7f5a1f4c12"] as const;
const minutes = 3000;
const now = madeMinute(minutes);
const outage = 1500;

function composite(mode: Composite["mode"], changes: Partial<SloDefinition> = {}): SloDefinition {
  const parts = [
    { sloId: a, weight: 1 },
    { sloId: b, weight: 1 },
  ];
  return madeDefinition({ indicator: null, composite: { mode, parts }, ...changes });
}

/** Creates a component whose events all fail for some minutes from a given minute on. */
function part(
  sloId: string,
  from: number,
  length: number,
  more: { perMinute?: number; ahead?: number } = {},
): CompositePart {
  const { perMinute = 100, ahead = 0 } = more;
  const fails = (minute: number) => (minute - ahead >= from && minute - ahead < from + length ? perMinute : 0);
  const counts = madeCounts(minutes + ahead, perMinute, fails);
  return {
    sloId,
    isArchived: false,
    counts: { ...counts, start: madeStart - ahead * 60_000 },
    definition: madeDefinition(),
    adjustments: [],
  };
}

const replay = (definition: SloDefinition, parts: CompositePart[]) =>
  replayComposite({ definition, parts, from: madeStart, now, incidents: [] });
const spans = ({ pages, tickets }: ReturnType<typeof replay>) =>
  [pages, tickets].map((found) => found.map(({ from, to, tier }) => [from, to, tier]));

test("replays the worst of a failing and a healthy component as the failing one, with its episodes", () => {
  const failing = part(a, outage, 10);
  const alone = replayRules({ ...failing, now, incidents: [] });
  const both = replay(composite("worst"), [failing, part(b, 0, 0)]);
  expect(spans(both)).toEqual(spans(alone));
  expect(both.pages).toHaveLength(1);
  expect(both).toMatchObject({ from: alone.from, to: alone.to, minutes, pageMinutes: alone.pageMinutes });
  expect(both.words).toBe(alone.words);
});

test.each(["worst", "weighted", "openslo"] as const)(
  "%s: fires a tier in a replay in the same minutes as live",
  (mode) => {
    const parts = [part(a, outage, 6), part(b, outage + 3, 4, { perMinute: 7 })];
    const [tier] = madeDefinition().rules.tiers as [BurnTier];
    const definition = composite(mode, { rules: { ...madeDefinition().rules, tiers: [tier] } });
    const { pages } = replay(definition, parts);
    const [page] = pages as [(typeof pages)[number]];
    const fires = (at: number) => combine(definition, parts, at).tiers[0]?.isFiring;
    expect(pages).toHaveLength(1);
    expect([page.from - 60_000, page.from, (page.to ?? 0) - 60_000, page.to ?? 0].map(fires)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(page.remaining).toBe(combine(definition, parts, page.from).budget.remaining);
  },
);

test("shifts a component by its label maturity", () => {
  const slow = part(b, outage, 10, { ahead: 120 });
  slow.definition = madeDefinition({
    indicator: { kind: "quality", endpointId: a, maturityMs: 120 * 60_000 } as unknown as SloDefinition["indicator"],
  });
  const { pages } = replay(composite("worst"), [part(a, 0, 0), slow]);
  const alone = replay(composite("worst"), [part(a, outage, 10), part(b, 0, 0)]);
  expect(pages.map(({ from }) => from)).toEqual(alone.pages.map(({ from }) => from + 120 * 60_000));
});

test("marks a slice as bad if it is bad for any component in OpenSLO mode", () => {
  const budgeting = { method: "timeslices", sliceMinutes: 1, sliceTarget: 0.9 } as const;
  const sliced = (one: CompositePart) => ({ ...one, definition: madeDefinition({ budgeting }) });
  const parts = [sliced(part(a, outage, 8)), sliced(part(b, outage + 8, 8))];
  const report = replay(composite("openslo", { budgeting }), parts);
  const single = replayRules({ ...sliced(part(a, outage, 16)), now, incidents: [] });
  expect(spans(report)).toEqual(spans(single));
  expect(report.pages).toHaveLength(1);
});

test("reports nothing to replay without data, and rejects a deleted component", () => {
  expect(
    replay(composite("worst"), [part(a, 0, 0, { perMinute: 0 }), part(b, 0, 0, { perMinute: 0 })]).words,
  ).toContain("nothing to replay");
  expect(() => replay(composite("worst"), [part(a, 0, 0)])).toThrow("no longer exists");
});

test("replays a quarter of five components in seconds", () => {
  const length = 90 * 1440;
  const ids = [a, b, ...[3, 4, 5].map((digit) => `6f6e3c1a-6d0e-4d57-9d2f-0f7f5a1f4c1${digit}`)];
  const parts = ids.map((sloId) => ({ ...part(sloId, 0, 0), counts: madeCounts(length, 200, () => 0.2) }));
  const definition = composite("weighted", {
    composite: { mode: "weighted", parts: ids.map((sloId) => ({ sloId, weight: 1 })) },
  });
  const started = performance.now();
  const report = replayComposite({ definition, parts, from: madeStart, now: madeMinute(length), incidents: [] });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(report.chart.length).toBeLessThanOrEqual(400);
});
