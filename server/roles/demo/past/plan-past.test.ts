import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { periodOf, spanOf, stepped } from "#server/report/reports/periods.ts";
import { pastEndpoints } from "./contract.ts";
import { planPast } from "./plan-past.ts";

const startedAt = Date.parse("2026-05-07T10:17:00Z");
const past = planPast(startedAt, 5);
const windows = past.hours.flatMap((hour) => hour.windows);

test("covers twelve weeks from a Monday to the last midnight, the same each time", () => {
  expect(new Date(past.from).toISOString()).toBe("2026-02-09T00:00:00.000Z");
  expect(new Date(past.to).toISOString()).toBe("2026-05-07T00:00:00.000Z");
  expect(planPast(Date.parse("2026-05-07T01:59:00Z"), 5).to).toBe(past.to - dayMs);
  // A Monday after midnight: the incidents of the week before are in it.
  const onMonday = planPast(Date.parse("2026-05-04T01:00:00Z"), 5);
  expect([onMonday.from, onMonday.to]).toEqual([past.from, Date.parse("2026-05-03T00:00:00Z")]);
  expect(onMonday.incidents.map(({ startedAt }) => startedAt)).toEqual(
    past.incidents.map(({ startedAt }) => startedAt),
  );
  expect(past.hours).toHaveLength((pastEndpoints.length * (past.to - past.from)) / hourMs);
  expect(windows.length).toBeLessThan(30_000);
  expect(planPast(startedAt, 5)).toEqual(past);
});

test("an incident's minutes are those with more failures than a release or an hour usually has", () => {
  expect(past.incidents).toHaveLength(9);
  for (const { endpoint, startedAt, mitigatedAt, impact } of past.incidents) {
    const around = windows.filter(
      (each) => each.endpoint === endpoint && each.at >= startedAt - 2 * hourMs && each.at < mitigatedAt + 2 * hourMs,
    );
    const failing = around.filter(({ failures, requests }) => failures > 0.005 * requests);
    const minutes = new Set(failing.map(({ at }) => Math.floor(at / minuteMs)));
    expect([Math.min(...minutes) * minuteMs, (Math.max(...minutes) + 1) * minuteMs]).toEqual([startedAt, mitigatedAt]);
    expect(minutes.size).toBe((mitigatedAt - startedAt) / minuteMs);
    expect(failing.reduce((sum, { failures }) => sum + failures, 0)).toBe(impact.badEvents);
  }
});

test("a rollback ends the incident of each bad release, and the last version is the one that the demo starts with", () => {
  const caused = past.incidents.filter(({ release }) => release !== null);
  expect(caused).toHaveLength(4);
  for (const { release, rollback, startedAt, mitigatedAt } of caused) {
    expect(release?.at).toBe(startedAt);
    expect(rollback?.at).toBe(mitigatedAt);
    expect(past.releases).toContain(rollback);
    expect(rollback?.version).toBeLessThan(release?.version ?? 0);
    const served = windows.filter(({ at, endpoint }) => endpoint === release?.endpoint && at === mitigatedAt);
    expect(served.map(({ version }) => version)).toEqual([rollback?.version]);
  }
  for (const endpoint of pastEndpoints)
    expect(past.releases.findLast((release) => release.endpoint === endpoint)?.version).toBe(2);
  expect(past.releases.map(({ at }) => at)).toEqual(past.releases.map(({ at }) => at).toSorted((a, b) => a - b));
});

test("times follow each other, and all of them are before the demo's start", () => {
  for (const one of past.incidents) {
    const times = [one.startedAt, one.detectedAt, one.acknowledgedAt, one.mitigatedAt, one.resolvedAt, one.closedAt];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(one.closedAt).toBeLessThan(past.to);
  }
});

test("last week and last month had releases and incidents, on whatever day the demo starts", () => {
  for (let day = 0; day < 70; day += 1) {
    const start = startedAt + day * dayMs + (day % 5) * 5 * hourMs;
    const { releases, incidents } = planPast(start, 0.02);
    for (const period of ["week", "month"] as const) {
      const { from, to } = spanOf(stepped(periodOf(period, start, "UTC"), -1), "UTC");
      const isWithin = (at: number) => at >= from && at < to;
      expect(releases.some(({ at }) => isWithin(at))).toBe(true);
      expect(incidents.some(({ startedAt }) => isWithin(startedAt))).toBe(true);
    }
  }
});

test("no budget is exhausted at the start, and no hour differs from the demo's traffic by half or double", () => {
  const sinceOf = { digits: 30, "digits-forms": 7, "flight-delay": 28 };
  const allowed = { digits: 0.005, "digits-forms": 0.001, "flight-delay": 0.01 };
  for (const endpoint of pastEndpoints) {
    const own = windows.filter((each) => each.endpoint === endpoint && each.at >= past.to - sinceOf[endpoint] * dayMs);
    const failures = own.reduce((sum, each) => sum + each.failures, 0);
    const requests = own.reduce((sum, each) => sum + each.requests - each.callerErrors, 0);
    expect(failures / requests).toBeLessThan(0.5 * allowed[endpoint]);
  }
  for (const { windows } of past.hours) {
    const requests = windows.reduce((sum, each) => sum + each.requests, 0);
    expect(requests).toBeGreaterThan(9_000 + 100);
    expect(requests).toBeLessThan(36_000 - 100);
  }
});

test("labels end before the days that are counted again", () => {
  expect(Math.max(...past.labels.map(({ at }) => at))).toBeLessThan(startedAt - 8 * dayMs);
  const total = past.labels.reduce((sum, each) => sum + each.total, 0);
  const good = past.labels.reduce((sum, each) => sum + each.good, 0);
  expect(good / total).toBeGreaterThan(0.93);
});
