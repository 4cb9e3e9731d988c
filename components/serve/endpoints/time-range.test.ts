import { expect, test } from "vitest";
import {
  heldRange,
  neighbour,
  rangeOf,
  resolveSince,
  shifted,
  spanOf,
  timeRanges,
  withFixed,
  withoutZoom,
  withRelative,
  withSinceDeploy,
} from "./time-range.ts";

const noon = Date.UTC(2026, 4, 8, 12, 0, 0);
const minute = 60_000;

test("gives every range a displayable number of points in multiples of 10 s", () => {
  for (const { lengthMs, stepSeconds } of timeRanges) {
    expect(lengthMs / 1000 / stepSeconds).toBeGreaterThanOrEqual(90);
    expect(lengthMs / 1000 / stepSeconds).toBeLessThanOrEqual(180);
    expect(stepSeconds % 10).toBe(0);
  }
});

test("uses one hour for a URL without a known range", () => {
  expect(rangeOf({}).key).toBe("1h");
  expect(rangeOf({ range: "2y" }).key).toBe("1h");
  expect(rangeOf({ range: ["3h", "1h"] }).key).toBe("1h");
  expect(rangeOf({ from: "2026-05-08T12:00:00Z", to: "soon" }).key).toBe("1h");
  expect(rangeOf({ from: "2026-05-08T12:00:00Z", to: "2026-05-08T11:00:00Z" }).key).toBe("1h");
  expect(rangeOf({ from: "-271000-01-01T00:00:00Z", to: "+275000-01-01T00:00:00Z" }).key).toBe("1h");
  expect(rangeOf({ from: "2026-05-08T12:00:00Z", to: "+275000-01-01T00:00:00Z" }).key).toBe("1h");
});

test("reads a range between two moments, at most as long as the widest one", () => {
  const range = rangeOf({ from: "2026-05-08T11:18:00Z", to: "2026-05-08T12:00:00Z", range: "3h" });
  expect(range).toMatchObject({ label: "42 min", words: "42 min from 8 May 2026, 11:18 UTC", refreshMs: false });
  expect(range.lengthMs / 1000 / range.stepSeconds).toBeLessThanOrEqual(180);
  expect(spanOf(range, 0)).toEqual({ from: new Date(noon - 42 * minute), to: new Date(noon) });
  const year = rangeOf({ from: "2025-05-08T12:00:00Z", to: "2026-05-08T12:00:00Z" });
  expect(year.label).toBe("7 d");
  expect(year.lengthMs / 1000 / year.stepSeconds).toBeLessThanOrEqual(180);
});

test("aligns the start with a step, so that steps stay in place as time passes", () => {
  const range = rangeOf({ range: "3h" });
  const now = noon + 30_000;
  expect(spanOf(range, now).from.toISOString()).toBe("2026-05-08T09:00:00.000Z");
  expect(spanOf(range, now + 29_000).from).toEqual(spanOf(range, now).from);
});

test("widens and narrows ranges within their limits", () => {
  expect(neighbour(timeRanges, "1h", 1)?.key).toBe("3h");
  expect(neighbour(timeRanges, "15m", -1)?.key).toBe("15m");
  expect(neighbour(timeRanges, "7d", 1)?.key).toBe("7d");
});

test("zooms by the address, keeps other parameters, and leads back to the range before the first zoom", () => {
  const query = new URLSearchParams("range=24h&feature=amount");
  const zoomed = withFixed(query, { from: noon - 42 * minute, to: noon });
  expect(Object.fromEntries(zoomed)).toEqual({
    feature: "amount",
    from: "2026-05-08T11:18:00Z",
    to: "2026-05-08T12:00:00Z",
    back: "24h",
  });
  const closer = withFixed(zoomed, { from: noon - 10 * minute, to: noon });
  expect(closer.get("back")).toBe("24h");
  expect(String(withoutZoom(closer))).toBe("feature=amount&range=24h");
  expect(String(withRelative(closer, "15m"))).toBe("feature=amount&range=15m");
  expect(withoutZoom(query)).toBeUndefined();
  const first = withFixed(new URLSearchParams("feature=amount"), { from: noon - 42 * minute, to: noon });
  expect(first.has("back")).toBe(false);
  expect(String(withoutZoom(first))).toBe("feature=amount");
});

test("keeps the time since the last deployment in the address, and resolves it for each page", () => {
  const query = withSinceDeploy(new URLSearchParams("range=24h"));
  expect(Object.fromEntries(query)).toEqual({ since: "deploy", back: "24h" });
  expect(String(withoutZoom(query))).toBe("range=24h");
  const search = resolveSince(Object.fromEntries(query), new Date(noon - 42 * minute), noon);
  expect(rangeOf(search).fixed).toEqual({ from: noon - 42 * minute, to: noon });
  expect(heldRange(search)).toEqual({ since: "deploy", back: "24h" });
  expect(resolveSince({ since: "deploy" }, undefined, noon)).toEqual({ since: "deploy" });
});

test("shifts by half a range, and not past now", () => {
  const range = rangeOf({ range: "1h" });
  const earlier = shifted(range, -1, noon);
  expect(earlier).toEqual({ from: noon - 90 * minute, to: noon - 30 * minute });
  const later = shifted({ ...range, fixed: earlier }, 1, noon + 5 * minute);
  expect(later).toEqual({ from: noon - 60 * minute, to: noon });
  expect(shifted({ ...range, fixed: later }, 1, noon + 5 * minute).to).toBe(noon + 5 * minute);
});
