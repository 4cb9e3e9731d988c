import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { poissonFrom } from "#server/stats/random-counts.ts";
import { madeCounts, madeDefinition, madeMinute } from "../../../testing/fixtures/slo/engine/made-slo.ts";
import { readTiers } from "./read-tiers.ts";
import { replayRules } from "./replay-rules.ts";

const outage = 10_000;
const counts = madeCounts(20_000, 100, (minute) => (minute >= outage && minute < outage + 10 ? 100 : 0));
const slo = { counts, definition: madeDefinition(), now: madeMinute(20_000), adjustments: [], incidents: [] };
const after = (at: number | null) => ((at ?? 0) - madeMinute(outage)) / 60_000;

test("replays worked example A: 1 page, open for 39 minutes; 1 ticket, open for 365 minutes", () => {
  const report = replayRules(slo);
  expect(report.pages.map(({ from, to, tier }) => [after(from), after(to), tier])).toEqual([[1, 40, 0]]);
  expect(report.tickets.map(({ from, to, tier }) => [after(from), after(to), tier])).toEqual([[5, 370, 2]]);
  expect([report.pageMinutes, report.ticketMinutes]).toEqual([39, 365]);
  expect(report).toMatchObject({ recall: null, unexplained: [0], minutes: 20_000 });
  expect(report.words).toBe(
    "Over the last 14 days, this would have paged once (1 at 22:41 on 7 Apr with no recorded incident) and opened 1 ticket.",
  );
});

test.each([
  [0, 1, 15],
  [1, 3, 40],
  [2, 5, 130],
  [3, 5, 370],
])("opens tier %d of worked example A at %d and closes it at %d, replayed as live", (index, opens, closes) => {
  const tier = slo.definition.rules.tiers[index] as (typeof slo.definition.rules.tiers)[number];
  const definition = madeDefinition({ rules: { ...slo.definition.rules, tiers: [tier] } });
  const { pages, tickets } = replayRules({ ...slo, definition });
  expect([...pages, ...tickets].map(({ from, to }) => [after(from), after(to)])).toEqual([[opens, closes]]);
  const fires = [opens - 1, opens, closes - 1, closes].map(
    (minute) => readTiers({ ...slo, definition, now: madeMinute(outage + minute) })[0]?.isFiring,
  );
  expect(fires).toEqual([false, true, true, false]);
});

test("explains pages by known incidents, and reports incidents without a page in time as missed", () => {
  const incident = { from: madeMinute(outage), to: madeMinute(outage + 20) };
  const quiet = { from: madeMinute(500), to: madeMinute(600) };
  const report = replayRules({ ...slo, incidents: [incident, quiet] });
  expect(report).toMatchObject({ recall: { notified: 1, incidents: 2 }, unexplained: [] });
  expect(report.words).toBe(
    "Over the last 14 days, this would have paged once (1 during a known incident) and opened 1 ticket. 1 of 2 known incidents would not have paged within 10 minutes of the start.",
  );
});

test("merges openings less than an hour apart into one page, and counts only its open minutes", () => {
  const again = (apart: number) =>
    replayRules({
      ...slo,
      counts: madeCounts(20_000, 100, (minute) =>
        [outage, outage + apart].some((at) => minute >= at && minute < at + 10) ? 100 : 0,
      ),
    });
  expect(again(90).pages).toHaveLength(1);
  expect(again(200).pages).toHaveLength(2);
  expect(again(200).pageMinutes).toBeGreaterThanOrEqual(78);
});

test("fires nothing before a long window is complete, and leaves an open page without an end", () => {
  const early = replayRules({ ...slo, counts: madeCounts(59, 100, () => 100), now: madeMinute(59) });
  expect(early.pages).toEqual([]);
  const open = replayRules({ ...slo, counts: madeCounts(61, 100, () => 100), now: madeMinute(61) });
  expect(open.pages).toMatchObject([{ from: madeMinute(60), to: null }]);
});

test("distinguishes no traffic from no notifications", () => {
  expect(replayRules({ ...slo, counts: madeCounts(20_000, 0, () => 0) }).words).toContain("nothing to replay");
  expect(replayRules({ ...slo, counts: madeCounts(20_000, 10, () => 0) }).words).toBe(
    "Over the last 14 days, this would have notified no one.",
  );
});

test("replays a quarter near the target in well under a second", () => {
  const random = seededRandom(7);
  const busy = madeCounts(90 * 1440, 200, () => poissonFrom(0.2, random));
  const started = performance.now();
  const report = replayRules({ ...slo, counts: busy, now: madeMinute(90 * 1440) });
  // Two cores of a test machine are shared; `npm run bench -- slo-simulation` has the number itself.
  expect(performance.now() - started).toBeLessThan(2000);
  expect(report.chart.length).toBeLessThanOrEqual(400);
  expect(report.pages).toEqual([]);
});
