import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { seededRandom } from "#server/stats/random.ts";
import { type AuditStart, auditShare, firstDayShare } from "./audit-share.ts";

const perDay = 200;

/** Draws from requests at a steady rate, which are read each minute. @returns how many are drawn up to each hour of a first day */
function firstDay(requestsPerMinute: number, random: () => number): number[] {
  const byHour: number[] = [];
  let start: AuditStart | undefined;
  let drawn = 0;
  let next = 0;
  for (let minute = 1; minute <= dayMs / minuteMs; minute += 1) {
    const times: number[] = [];
    for (; next < minute * minuteMs; next += -Math.log(1 - random()) * (minuteMs / requestsPerMinute)) times.push(next);
    const [from, until] = [times[0], times.at(-1)];
    if (from !== undefined && until !== undefined) {
      const page = firstDayShare(perDay, { from, until, requests: times.length }, start);
      start = page.start;
      drawn += times.filter(() => random() < page.share).length;
    }
    if (minute % (hourMs / minuteMs) === 0) byHour.push(drawn);
  }
  return byHour;
}

test.each([3, 60])("draws what is due after each hour of a first day, in expectation (%i a minute)", (rate) => {
  const random = seededRandom(rate);
  const runs = 100;
  const sums = Array.from({ length: 24 }, () => 0);
  for (let run = 0; run < runs; run += 1)
    for (const [hour, drawn] of firstDay(rate, random).entries()) sums[hour] = (sums[hour] ?? 0) + drawn;
  for (const [hour, sum] of sums.entries()) {
    const due = (perDay / 24) * (hour + 1);
    // Counts of draws that are independent have about their mean as variance.
    expect(Math.abs(sum / runs - due)).toBeLessThan(4 * Math.sqrt(due / runs));
  }
});

test("draws the first hour's part of a burst at once, and all of what is rare", () => {
  const burst = firstDayShare(perDay, { from: 0, until: minuteMs, requests: 400 }, undefined);
  expect(burst.share * 400).toBeCloseTo(perDay / 24, 10);
  const more = firstDayShare(perDay, { from: 2 * minuteMs, until: 3 * minuteMs, requests: 400 }, burst.start);
  expect(more.share).toBe(0);
  expect(firstDayShare(perDay, { from: 0, until: 0, requests: 1 }, undefined).share).toBe(1);
  const two = firstDayShare(
    perDay,
    { from: 5 * hourMs, until: 5 * hourMs, requests: 1 },
    { since: 0, requests: 1, drawn: 1 },
  );
  expect(two.share).toBe(1);
});

test("draws the same share all day, of the mean of the days before", () => {
  expect(auditShare(200, { covered: 7 * dayMs, requests: 70_000 })).toBeCloseTo(0.02, 12);
  expect(auditShare(200, { covered: 1.5 * dayMs, requests: 100 })).toBe(1);
});
