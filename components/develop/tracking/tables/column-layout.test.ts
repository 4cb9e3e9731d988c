import { expect, test } from "vitest";
import { laidOut, pinnedFirst, withColumnAfterName } from "./column-layout.ts";

const columns: { key: string; width?: number; pinnedAt?: number }[] = [
  { key: "name" },
  { key: "status" },
  { key: "curve.loss", width: 92 },
  { key: "by" },
];

test("pinned columns come first, in the order of the table", () => {
  expect(pinnedFirst(["a", "b", "c", "d"], ["d", "b"])).toEqual(["b", "d", "a", "c"]);
});

test("without a pin only widths that were set count, and longer values are cut off there", () => {
  const [name, status, curve] = laidOut(columns, { pinned: ["gone"], widths: { status: 90 } });
  expect([name, status, curve]).toEqual([
    { key: "name" },
    { key: "status", width: 90, isClipped: true },
    { key: "curve.loss", width: 92 },
  ]);
});

test("with a pin the name is pinned too, and each one stands where the one before ends", () => {
  const positions = laidOut(columns, { pinned: ["status", "curve.loss"], widths: { status: 90 } });
  expect(positions.map(({ key, ...target }) => [key, (target as { pinnedAt?: number }).pinnedAt])).toEqual([
    ["name", 44],
    ["status", 274],
    ["curve.loss", 364],
    ["by", undefined],
  ]);
});

test("a pinned state has room for what is wrong with the run beside it", () => {
  const [, status, by] = laidOut([{ key: "name" }, { key: "status" }, { key: "by" }], {
    pinned: ["status", "by"],
    widths: {},
  });
  expect([status, by]).toMatchObject([{ width: 196 }, { width: 110, pinnedAt: 44 + 230 + 196 }]);
});

test("a column after the name pushes those that are pinned to the right, and is pinned with them", () => {
  const added = { key: "runs", width: 80 };
  expect(withColumnAfterName(laidOut(columns, { pinned: [], widths: {} }), added).map(({ key }) => key)).toEqual([
    "name",
    "runs",
    "status",
    "curve.loss",
    "by",
  ]);
  const positions = withColumnAfterName(laidOut(columns, { pinned: ["status"], widths: { name: 200 } }), added);
  expect(positions.map(({ key, pinnedAt }) => [key, pinnedAt])).toEqual([
    ["name", 44],
    ["runs", 244],
    ["status", 324],
    ["curve.loss", undefined],
    ["by", undefined],
  ]);
});
