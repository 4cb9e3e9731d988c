import { expect, it } from "vitest";
import { nameSides, placeMarkers } from "./markers.ts";
import { styleSeries, styleVersions, versionColour } from "./series-style.ts";
import { summarise } from "./summary.ts";

const series = (label: string, values: (number | null)[] = [], more = {}) => ({
  id: label,
  label,
  points: values.map((value, at) => ({ at, value })),
  ...more,
});

it("gives every series its own colour and dash", () => {
  const styles = styleSeries(["a", "b", "c", "d", "e", "f"].map((label) => series(label)));
  expect(new Set(styles.map((style) => style.colour)).size).toBe(6);
  expect(new Set(styles.map((style) => style.dash)).size).toBe(6);
});

it("keeps the style of roles and positions, and greys out a crowd except those with a position", () => {
  const [stable, canary] = styleSeries([series("v12", [], { role: "stable" }), series("v14", [], { role: "canary" })]);
  expect(stable).toEqual({ colour: "var(--lw-series-stable)", dash: "6 3" });
  expect(canary).toEqual({ colour: "var(--lw-series-1)", dash: undefined });
  const crowd = styleSeries(Array.from({ length: 9 }, (_, n) => series(`r${n}`, [], n === 4 ? { index: 1 } : {})));
  expect(crowd[0]?.opacity).toBe(0.22);
  expect(crowd[4]?.colour).toBe("var(--lw-series-2)");
});

it("gives a version the same look in every chart, and draws the older of two with one look paler", () => {
  const version = (number: number) => series(`v${number}`, [], { version: number });
  const [alone] = styleSeries([version(6)]);
  const [first, second] = styleSeries([version(7), version(6)]);
  expect(alone).toEqual({ colour: "var(--lw-series-6)", dash: "4 2" });
  expect(second).toEqual(alone);
  expect(first).toEqual({ colour: "var(--lw-series-1)", dash: undefined });
  const [newer, older] = styleSeries([version(7), version(1)]);
  expect([newer?.opacity, older]).toEqual([undefined, { ...first, opacity: 0.55 }]);
});

it("gives versions in tables the styles that they have in charts, and begins those of a second model at the fourth", () => {
  const shown = [7, 1, 2].map((version) => ({ model: "churn", version }));
  expect(styleVersions(shown)).toEqual(styleSeries(shown.map(({ version }) => series("", [], { version }))));
  const [, other] = styleVersions([
    { model: "churn", version: 1 },
    { model: "fraud", version: 1 },
  ]);
  expect(other).toEqual(styleSeries([series("", [], { version: versionColour(1, false) })])[0]);
  expect(other?.colour).toBe("var(--lw-series-4)");
});

it("dashes estimates and dots forecasts", () => {
  const styles = styleSeries([series("a", [], { kind: "estimate" }), series("b", [], { kind: "forecast" })]);
  expect(styles.map((style) => style.dash)).toEqual(["5 3", "1.5 3"]);
});

it("merges markers closer than 24 px, keeps the suspected one in front, and drops those outside", () => {
  const marker = (at: number, label: string, suspected = false) => ({ at, label, kind: "deploy" as const, suspected });
  const placed = placeMarkers([marker(10, "a"), marker(12, "b", true), marker(80, "c"), marker(120, "d")], {
    from: 0,
    to: 100,
    width: 500,
  });
  expect(placed.map(({ x, count, suspected }) => ({ x, count, suspected }))).toEqual([
    { x: 60, count: 2, suspected: true },
    { x: 400, count: 1, suspected: false },
  ]);
  expect(placed[0]?.label.replace("\u00a0", " ")).toBe("2 changes");
});

it("labels a marker where there is room, and omits the label where two squares leave none", () => {
  const placed = [40, 66, 470].map((x, index) => ({ at: x, x, label: `v${index}`, kind: "deploy" as const, count: 1 }));
  expect(nameSides(placed, 480)).toEqual(["left", "right", "left"]);
  const crowded = [5, 31, 57].map((x) => ({ at: x, x, label: "v10 to 25%", kind: "deploy" as const, count: 1 }));
  expect(nameSides(crowded, 480)).toEqual(["none", "none", "right"]);
});

it("summarises a chart in one sentence, including missing values", () => {
  const sentence = summarise(
    "p95 latency",
    "ms",
    [series("v14", [80, null, 149]), series("v12", [null])],
    [{ label: "objective", value: 120 }],
  );
  expect(sentence.replaceAll("\u00a0", " ")).toBe(
    "p95 latency: v14 last 149 ms, between 80 ms and 149 ms; v12 has no data; objective 120 ms.",
  );
});
