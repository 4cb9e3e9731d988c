import { expect, test } from "vitest";
import { laidOut, pinnedFirst } from "./column-layout.ts";

const columns = [{ key: "name" }, { key: "status" }, { key: "curve.loss", width: 92 }, { key: "by" }];

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
  const places = laidOut(columns, { pinned: ["status", "curve.loss"], widths: { status: 90 } });
  expect(places.map(({ key, ...place }) => [key, (place as { pinnedAt?: number }).pinnedAt])).toEqual([
    ["name", 44],
    ["status", 274],
    ["curve.loss", 364],
    ["by", undefined],
  ]);
});
