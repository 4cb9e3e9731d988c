import { expect, test } from "vitest";
import { type Brush, brushOf, isInBrush, readBrush, spanByKey, spanOf, writeBrush } from "./brush.ts";
import { describeBrush, formatAxisValue, prepareParallel } from "./parallel.ts";
import { planAxis } from "./value-axis.ts";

const rows = [
  { id: "a", label: "a", values: { lr: "0.1", acc: 0.9, net: "cnn" } },
  { id: "b", label: "b", values: { lr: "0.01", acc: 0.95, net: "mlp" } },
  { id: "c", label: "c", values: { lr: "0.1", acc: Number.NaN, net: "cnn" } },
  { id: "d", label: "d", values: { net: "vit" } },
];
const names = ["lr", "acc", "net"].map((key) => ({ key, label: key }));
const inside = (brushes: Record<string, Brush>) =>
  prepareParallel(rows, names, brushes)
    .lines.filter(({ isInside }) => isInside)
    .map(({ row }) => row.id);

test("selects rows inside all brushes, and ignores brushes of axes that are not drawn", () => {
  expect(inside({})).toEqual(["a", "b", "c", "d"]);
  expect(inside({ acc: { from: 0.9, to: 1 } })).toEqual(["a", "b"]);
  expect(inside({ acc: { from: 0, to: 1 }, net: { words: ["cnn", "vit"] } })).toEqual(["a"]);
  expect(inside({ acc: { rest: "nan" } })).toEqual(["c"]);
  expect(inside({ acc: { rest: "missing" } })).toEqual(["d"]);
  expect(inside({ elsewhere: { from: 0, to: 1 } })).toHaveLength(4);
  expect(prepareParallel(rows, names, { acc: { from: 0.9, to: 1 } }).inside).toBe(2);
});

test("includes both extremes in a brush over the full axis", () => {
  const axis = planAxis([0.123456789, 0.5, 0.987654321]);
  const brush = brushOf(axis, { low: 0, high: 1 });
  expect([0.123456789, 0.987654321].every((value) => brush && isInBrush(axis, brush, value))).toBe(true);
  expect(brush && readBrush(writeBrush(brush))).toEqual(brush);
});

test("converts a brush over categories to its categories and back", () => {
  const axis = planAxis(["a", "b", "c"]);
  expect(brushOf(axis, { low: 0.4, high: 1 })).toEqual({ words: ["b", "a"] });
  expect(brushOf(axis, { low: 0.6, high: 0.9 })).toBeUndefined();
  expect(spanOf(axis, { words: ["b", "a", "gone"] })).toEqual({ low: 0.5, high: 1 });
  expect(spanOf(axis, { rest: "nan" })).toBeUndefined();
  expect(spanOf(axis, { from: 0, to: 1 })).toBeUndefined();
});

test("round-trips brushes through the URL, and ignores invalid ones", () => {
  for (const brush of [{ from: -0.5, to: 1e-7 }, { words: ["a,b", "ä ~"] }, { rest: "nan" }] as Brush[])
    expect(readBrush(writeBrush(brush))).toEqual(brush);
  for (const text of ["", "1", "2..1", "a..b", "..", "[1]", '["a"', "NaN..1"]) expect(readBrush(text)).toBeUndefined();
});

test("starts, moves, widens and clears a brush with the arrow keys, within the axis", () => {
  const key = (key: string, more = {}) => ({ key, shiftKey: false, altKey: false, ...more });
  expect(spanByKey(undefined, key("ArrowUp"))).toEqual({ low: 0.5, high: 1 });
  expect(spanByKey(undefined, key("ArrowDown"))).toEqual({ low: 0, high: 0.5 });
  expect(spanByKey({ low: 0.5, high: 0.98 }, key("ArrowUp"))).toEqual({ low: 0.52, high: 1 });
  expect(spanByKey({ low: 0.5, high: 0.9 }, key("ArrowDown", { shiftKey: true }))?.high).toBeCloseTo(0.85);
  expect(spanByKey({ low: 0.01, high: 0.9 }, key("ArrowDown", { altKey: true }))).toEqual({ low: 0, high: 0.9 });
  expect(spanByKey({ low: 0.5, high: 0.9 }, key("Escape"))).toBeUndefined();
  expect(spanByKey({ low: 0.5, high: 0.9 }, key("x"))).toEqual({ low: 0.5, high: 0.9 });
});

test("formats values and brushes as text", () => {
  expect([undefined, "", "cnn", Number.NaN, Number.MAX_VALUE, 0.12345].map(formatAxisValue)).toEqual([
    "–",
    "empty",
    "cnn",
    "NaN",
    "infinite",
    "0.123",
  ]);
  expect(describeBrush("acc", { from: 0.9, to: 1 })).toBe("acc 0.9 to 1");
  expect(describeBrush("net", { words: ["a", "b", "c", "d"] })).toBe("net a, b, c …");
  expect(describeBrush("acc", { rest: "nan" })).toBe("acc NaN");
});
