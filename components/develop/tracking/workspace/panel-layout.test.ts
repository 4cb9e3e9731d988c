import { expect, test } from "vitest";
import {
  arranged,
  boundedSize,
  fitsAddress,
  type PanelLayout,
  readLayout,
  withMoved,
  withSize,
  writeLayout,
} from "./panel-layout.ts";

const none: PanelLayout = { first: {}, sizes: {} };
const ids = ["a", "b", "c", "d"];
const move = (layout: PanelLayout, id: string, to: number) => withMoved(layout, { section: "val", ids, id, to });

test("round-trips a layout through the address", () => {
  const layout = { first: { val: ["val/loss"], "#": ["#p2"] }, sizes: { "val/loss": { width: 2, height: 1 } } };
  expect(readLayout(writeLayout(layout))).toEqual(layout);
  expect(writeLayout(none)).toBeUndefined();
});

test.each(["{", "null", "[]", '{"o":{"val":3},"s":{"a":"x1","b":4}}', '{"o":[],"s":"s"}'])("ignores %j", (text) => {
  expect(readLayout(text)).toEqual(none);
});

test("bounds sizes by the grid", () => {
  expect(boundedSize({ width: 7, height: 0 })).toEqual({ width: 3, height: 1 });
  expect(boundedSize({ width: 1.6, height: Number.NaN })).toEqual({ width: 2, height: 1 });
  expect(readLayout('{"s":{"a":"99"}}').sizes).toEqual({ a: { width: 3, height: 2 } });
});

test("moves a panel, and stores only the beginning of the order", () => {
  const front = move(none, "c", 0);
  expect(front.first).toEqual({ val: ["c"] });
  expect(arranged(ids, "val", front)).toEqual(["c", "a", "b", "d"]);
  const later = move(front, "a", 2);
  expect(arranged(ids, "val", later)).toEqual(["c", "b", "a", "d"]);
  expect(later.first).toEqual({ val: ["c", "b"] });
  expect(move(front, "c", 2).first).toEqual({});
  expect(arranged(ids, "val", move(none, "d", 99))).toEqual(ids);
  expect(arranged(ids, "val", move(none, "a", 99))).toEqual(["b", "c", "d", "a"]);
});

test("keeps a place for new metrics, and ignores those that are gone", () => {
  const front = move(none, "c", 0);
  expect(arranged(["a", "c", "z"], "val", front)).toEqual(["c", "a", "z"]);
  expect(arranged(["a", "z"], "val", front)).toEqual(["a", "z"]);
  expect(arranged(ids, "train", front)).toEqual(ids);
});

test("stores a size only if it differs from the usual one", () => {
  const usual = { width: 1, height: 1 };
  const wide = withSize(none, "a", { width: 2, height: 1 }, usual);
  expect(wide.sizes).toEqual({ a: { width: 2, height: 1 } });
  expect(withSize(wide, "a", usual, usual)).toEqual(none);
});

test("says when a layout is too long for an address", () => {
  expect(fitsAddress(move(none, "a", 3))).toBe(true);
  expect(fitsAddress({ first: { val: ids.map((id) => id.repeat(2_000)) }, sizes: {} })).toBe(false);
});
