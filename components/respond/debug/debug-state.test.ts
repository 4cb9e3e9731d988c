import { expect, test } from "vitest";
import { comparedSpan, debugHref, readDebugState } from "./debug-state.ts";

const now = Date.parse("2026-05-10T12:00:00Z");
const hour = 3_600_000;
const searchOf = (href: string) => Object.fromEntries(new URL(href, "http://x").searchParams);

test("reads an empty URL as the last hour, and writes it back", () => {
  const state = readDebugState({}, { now });
  expect(state).toMatchObject({ range: "1h", from: now - hour, to: now, compare: "nothing", cell: null, a: "", b: "" });
  expect(debugHref("my digits", state)).toBe("/endpoints/my%20digits/debug");
});

test("round-trips the displayed state through its URL", () => {
  const shown = {
    range: null,
    from: now - 3 * hour,
    to: now - hour,
    compare: "before-deploy" as const,
    a: "input.carrier = UA",
    b: "version = v3",
    feature: "hour",
    cell: { fromMs: 12.5, toMs: 14.25, from: now - 2 * hour, to: now - 2 * hour + 30_000 },
  };
  expect(readDebugState(searchOf(debugHref("digits", shown)), { now })).toEqual(shown);
});

test("reads the valid parameters of a truncated URL", () => {
  const cut = { span: "2026-05-10T11:00:00Z..", cell: "12..", compare: "yesterday", range: "7d" };
  expect(readDebugState(cut, { now })).toMatchObject({ range: "7d", compare: "nothing", cell: null });
});

test("limits the range since the last deployment to 90 days, and uses the last hour without one", () => {
  expect(readDebugState({ range: "deploy" }, { now, deployedAt: now - hour / 2 }).from).toBe(now - hour / 2);
  expect(readDebugState({ range: "deploy" }, { now, deployedAt: 0 }).from).toBe(now - 90 * 24 * hour);
  expect(readDebugState({ range: "deploy" }, { now }).range).toBe("1h");
});

test("compares with a range of the same length that ends at the deployment", () => {
  const span = { from: now - hour, to: now };
  const at = (hoursAgo: number) => new Date(now - hoursAgo * hour).toISOString();
  const history = [
    { versionId: "b", deployedAt: at(2) },
    { versionId: "a", deployedAt: at(30) },
  ];
  expect(comparedSpan({ ...span, compare: "nothing" }, history)).toBeUndefined();
  const week = 7 * 24 * hour;
  expect(comparedSpan({ ...span, compare: "week-before" }, history)).toEqual({
    from: now - week - hour,
    to: now - week,
    shift: week,
  });
  const deploy = { from: now - 3 * hour, to: now - 2 * hour, shift: 2 * hour };
  expect(comparedSpan({ ...span, compare: "before-deploy" }, history)).toEqual(deploy);
  expect(comparedSpan({ ...span, compare: "previous-version" }, history)).toEqual({ ...deploy, versionId: "a" });
  expect(comparedSpan({ ...span, compare: "previous-version" }, history.slice(0, 1))).toMatch(/^No other version/);
  expect(comparedSpan({ ...span, compare: "before-deploy" }, [])).toMatch(/^Nothing was deployed/);
});
