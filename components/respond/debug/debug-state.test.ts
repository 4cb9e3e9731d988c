import { expect, test } from "vitest";
import { withFixed } from "#components/serve/endpoints/time-range.ts";
import { comparedSpan, debugHref, ofEarlierReleases, readDebugState } from "./debug-state.ts";

const now = Date.parse("2026-05-10T12:00:00Z");
const hour = 3_600_000;
const searchOf = (href: string) => Object.fromEntries(new URL(href, "http://x").searchParams);

test("reads an empty URL as the last hour, and writes it back", () => {
  const state = readDebugState({}, now);
  expect(state).toMatchObject({ from: now - hour, to: now, compare: "nothing", cell: null, a: "", b: "" });
  expect(state.shown).toMatchObject({ key: "1h", label: "1 h" });
  expect(debugHref("my digits", state)).toBe("/endpoints/my%20digits/debug");
});

test("round-trips the displayed state through its URL, with the range to which a zoom returns", () => {
  const query = new URLSearchParams({
    back: "7d",
    compare: "before-deploy",
    a: "input.carrier = UA",
    b: "version = v3",
  });
  const search = Object.fromEntries(withFixed(query, { from: now - 3 * hour, to: now - hour }));
  const cell = { fromMs: 12.5, toMs: 14.25, from: now - 2 * hour, to: now - 2 * hour + 30_000 };
  const state = { ...readDebugState(search, now), feature: "hour", cell };
  expect(state).toMatchObject({ from: now - 3 * hour, to: now - hour, held: { back: "7d" }, b: "version = v3" });
  expect(readDebugState(searchOf(debugHref("digits", state)), now)).toEqual(state);
});

test("reads the valid parameters of a truncated URL, and ignores a cell of another range", () => {
  const cut = { span: "2026-05-10T11:00:00Z..", cell: "12..", compare: "yesterday", range: "7d" };
  expect(readDebugState(cut, now)).toMatchObject({ shown: { key: "7d" }, compare: "nothing", cell: null });
  const cell = "12.5..14.25@2026-05-09T11:00:00Z..2026-05-09T11:01:00Z";
  expect(readDebugState({ cell }, now).cell).toBeNull();
  expect(readDebugState({ cell, range: "7d" }, now).cell).not.toBeNull();
});

test("shows minutes between two moments, at most 90 days, and what another tab chose", () => {
  const ending = (length: number) =>
    Object.fromEntries(withFixed(new URLSearchParams(), { from: now - length, to: now }));
  expect(readDebugState(ending(hour / 30), now)).toMatchObject({ from: now - hour / 30, to: now });
  expect(readDebugState(ending(200 * 24 * hour), now).from).toBe(now - 90 * 24 * hour);
  expect(readDebugState({ range: "6h" }, now).shown.key).toBe("24h");
});

test("reads addresses of earlier releases", () => {
  const span = "2026-05-10T10:00:00Z..2026-05-10T11:00:00Z";
  expect(readDebugState({ span }, now)).toMatchObject({ from: now - 2 * hour, to: now - hour });
  expect(ofEarlierReleases({ range: "deploy", a: "x" })).toEqual({ since: "deploy", a: "x" });
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
