import { expect, test } from "vitest";
import { laidOut, pinnedFirst, withColumnAfterName } from "./column-layout.ts";

const columns: { key: string; width?: number; pinnedAt?: number }[] = [
  { key: "name" },
  { key: "status" },
  { key: "curve.loss", width: 92 },
  { key: "by" },
];

test("places pinned columns first, in table order", () => {
  expect(pinnedFirst(["a", "b", "c", "d"], ["d", "b"])).toEqual(["b", "d", "a", "c"]);
});

test("applies only explicit widths without a pin, and clips longer values", () => {
  const [name, status, curve] = laidOut(columns, { pinned: ["gone"], widths: { status: 90 } });
  expect([name, status, curve]).toEqual([
    { key: "name" },
    { key: "status", width: 90, isClipped: true },
    { key: "curve.loss", width: 92 },
  ]);
});

test("pins the name as well if there is a pin, and places each column after the previous one", () => {
  const positions = laidOut(columns, { pinned: ["status", "curve.loss"], widths: { status: 90 } });
  expect(positions.map(({ key, ...target }) => [key, (target as { pinnedAt?: number }).pinnedAt])).toEqual([
    ["name", 44],
    ["status", 274],
    ["curve.loss", 364],
    ["by", undefined],
  ]);
});

test("leaves room for findings in a pinned status column", () => {
  const [, status, by] = laidOut([{ key: "name" }, { key: "status" }, { key: "by" }], {
    pinned: ["status", "by"],
    widths: {},
  });
  expect([status, by]).toMatchObject([{ width: 196 }, { width: 110, pinnedAt: 44 + 230 + 196 }]);
});

test("inserts a pinned column after the name, and shifts pinned columns to the right", () => {
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
