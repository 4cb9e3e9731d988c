import { expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { SloDefinition } from "../../objectives/contract.ts";
import { readTiers } from "./read-tiers.ts";
import { standardRules } from "./standard-rules.ts";

const period = { kind: "rolling" as const, days: 30 };

/** A source that sends an event every few minutes, each a minute late, until it stops. */
interface Source {
  everyMinutes: number;
  limitMinutes: number;
  target: number;
}

/** Counts the minutes of a view as the worker does, for 3 days before its source stops at minute 0 and 6 hours after. */
function countMinutes({ everyMinutes, limitMinutes }: Source) {
  const start = -3 * 24 * 60;
  const length = 6 * 60 - start;
  const good = new Float64Array(length);
  for (let at = 0; at < length; at += 1) {
    // The newest event that has arrived when the minute ends: events are a minute late.
    const end = Math.min(start + at, 0);
    const newest = Math.floor(end / everyMinutes) * everyMinutes - 1;
    good[at] = start + at + 1 - newest <= limitMinutes ? 1 : 0;
  }
  return { counts: { start: start * minuteMs, good, total: new Float64Array(length).fill(1) }, start };
}

/** Returns the minutes from the stop of a source to the first page: after so many complete minutes the page is there. */
function minutesToPage(source: Source): number {
  const { counts } = countMinutes(source);
  const indicator = { kind: "view-lag" as const, viewId: crypto.randomUUID(), endpointId: null, atMostMs: hourMs };
  const definition = SloDefinition.parse({
    service: "weather",
    target: source.target,
    period,
    indicator,
    rules: standardRules(period, "view-lag"),
  });
  for (let minute = 0; minute <= 360; minute += 1) {
    const readings = readTiers({ counts, definition, now: minute * minuteMs, adjustments: [] });
    if (readings.some(({ tier, isFiring }) => tier.severity === "page" && isFiring)) return minute;
  }
  return Number.POSITIVE_INFINITY;
}

test.each([
  // Bad minutes until a page: docs/spec/slo.md section 6.1.
  [0.999, 3],
  [0.995, 5],
  [0.99, 9],
  [0.95, 44],
])("pages a stopped source at a target of %f, after its limit and %i bad minutes", (target, badMinutes) => {
  for (const [everyMinutes, limitMinutes] of [
    [1, 10],
    [5, 15],
    [60, 90],
  ] as const) {
    // The last event is a minute old when it arrives with the stop, so the limit passes a minute earlier.
    const lastEvent = -1;
    const firstBad = lastEvent + limitMinutes;
    expect(minutesToPage({ everyMinutes, limitMinutes, target })).toBe(firstBad + badMinutes);
  }
});

test("a source that goes on never pages", () => {
  const { counts } = countMinutes({ everyMinutes: 5, limitMinutes: 15, target: 0.999 });
  expect(counts.good.slice(0, 3 * 24 * 60).every((good) => good === 1)).toBe(true);
});
