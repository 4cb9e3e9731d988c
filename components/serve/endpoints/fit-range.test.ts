import { expect, test } from "vitest";
import { describeFit, fitRange, labelOfKey, momentsOf, shownRange } from "./fit-range.ts";

const choices = [
  { key: "24h", label: "24 h" },
  { key: "7d", label: "7 d" },
  { key: "365d", label: "1 y" },
];
const noon = Date.UTC(2026, 4, 8, 12);
const hour = 3_600_000;

test.each([
  ["7d", "7d"],
  ["15m", "24h"],
  ["3d", "7d"],
  ["1y", "365d"],
  ["9y", "365d"],
  [undefined, undefined],
  ["", undefined],
  ["week", undefined],
  ["-3d", undefined],
  ["0d", undefined],
  ["1e9d", undefined],
  [["7d", "24h"], undefined],
])("fits %s to %s", (range, key) => {
  expect(fitRange({ range }, choices)?.key).toBe(key);
});

test("takes a range between two moments as it is, and widens one that is too short around its middle", () => {
  const at = (from: string, to: string) => fitRange({ from, to, range: "24h" }, choices, noon);
  const days = at("2026-05-02T10:00:00Z", "2026-05-05T11:00:00Z");
  expect(days).toMatchObject({ label: "3 d 1 h", words: "3 d 1 h from 2 May 2026, 10:00 UTC" });
  const brief = at("2026-05-05T11:00:00Z", "2026-05-05T13:00:00Z");
  expect(brief?.fixed).toEqual({ from: Date.UTC(2026, 4, 5), to: Date.UTC(2026, 4, 6) });
  const recent = at("2026-05-08T11:00:00Z", "2026-05-08T12:00:00Z");
  expect(recent?.fixed).toEqual({ from: noon - 24 * hour, to: noon });
  const long = at("2020-05-05T10:00:00Z", "2026-05-05T10:00:00Z");
  expect(long).toMatchObject({ label: "365 d", fixed: { to: Date.UTC(2026, 4, 5, 10) } });
  expect(at("2026-05-05T11:00:00Z", "2026-05-05T10:00:00Z")?.key).toBe("24h");
  expect(brief && momentsOf(brief, noon).to).toEqual(new Date(Date.UTC(2026, 4, 6)));
});

test("says when a tab shows another range than the address names", () => {
  const [day, , year] = choices.map(shownRange);
  if (!day || !year) throw new Error("There are three choices.");
  expect(describeFit({ range: "15m" }, day, "Drift")).toBe("15 min is too short for Drift, so it shows 24 h.");
  expect(describeFit({ range: "9y" }, year, "Quality")).toBe("Quality shows at most 1 y, not 9 y.");
  const search = { from: "2026-05-08T10:00:00Z", to: "2026-05-08T11:00:00Z" };
  const shown = fitRange(search, choices, noon);
  expect(shown && describeFit(search, shown, "Drift")).toBe("1 h is too short for Drift, so it shows 1 d.");
  for (const [range, shown] of [
    ["1y", year],
    ["24h", day],
    [undefined, day],
    ["soon", day],
  ] as const) {
    expect(describeFit({ range }, shown, "Drift")).toBeUndefined();
  }
});

test("formats keys for people", () => {
  expect(labelOfKey("15m")).toBe("15 min");
  expect(labelOfKey("week")).toBeUndefined();
  expect(labelOfKey(null)).toBeUndefined();
});
