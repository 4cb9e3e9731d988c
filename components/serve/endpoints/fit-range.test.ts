import { expect, test } from "vitest";
import { describeFit, fitRange } from "./fit-range.ts";

const choices = [
  { key: "24h", label: "24 h" },
  { key: "7d", label: "7 d" },
  { key: "365d", label: "1 y" },
];
const noon = Date.UTC(2026, 4, 8, 12);

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

test("takes the shortest range that ends now and holds a fixed one", () => {
  const at = (from: string, to: string) => fitRange({ from, to, range: "1h" }, choices, noon)?.key;
  expect(at("2026-05-08T10:00:00Z", "2026-05-08T11:00:00Z")).toBe("24h");
  expect(at("2026-05-05T10:00:00Z", "2026-05-05T11:00:00Z")).toBe("7d");
  expect(at("2020-05-05T10:00:00Z", "2020-05-05T11:00:00Z")).toBe("365d");
  expect(at("2026-05-05T11:00:00Z", "2026-05-05T10:00:00Z")).toBe("24h");
});

test("says when a tab shows another range than the address names", () => {
  const [day, , year] = choices;
  if (!day || !year) throw new Error("There are three choices.");
  expect(describeFit({ range: "15m" }, day, "Drift")).toBe("15 min is too short for Drift, so it shows 24 h.");
  expect(describeFit({ range: "9y" }, year, "Quality")).toBe("Quality goes back 1 y, not 9 y.");
  expect(describeFit({ from: "2026-05-08T10:00:00Z", to: "2026-05-08T11:00:00Z" }, day, "Drift")).toBe(
    "Drift shows ranges that end now, here 24 h.",
  );
  for (const [range, shown] of [
    ["1y", year],
    ["24h", day],
    [undefined, day],
    ["soon", day],
  ] as const) {
    expect(describeFit({ range }, shown, "Drift")).toBeUndefined();
  }
});
