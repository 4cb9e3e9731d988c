import { expect, test } from "vitest";
import { placeNames } from "./scatter-names.ts";

const picture = { width: 300, height: 200 };
const point = (id: string, x: number, y: number, label = "even-keel") => ({ id, x, y, label });

test("places a name right of its point, and left if it would leave the picture", () => {
  const names = placeNames([point("a", 50, 50), point("b", 290, 120)], picture);
  expect(names.get("a")).toEqual({ anchor: "start", dx: 10, dy: 0 });
  expect(names.get("b")).toEqual({ anchor: "end", dx: -10, dy: 0 });
});

test("separates the names of overlapping points", () => {
  const names = placeNames(
    ["a", "b", "c", "d"].map((id) => point(id, 150, 100)),
    picture,
  );
  expect(new Set([...names.values()].map(({ anchor, dy }) => `${anchor} ${dy}`)).size).toBe(4);
});

test("omits a name without room", () => {
  expect(placeNames([point("a", 150, 100, "n".repeat(60))], picture).size).toBe(0);
  expect(
    placeNames(
      Array.from({ length: 40 }, (_, index) => point(String(index), 150, 100)),
      picture,
    ).size,
  ).toBeLessThan(40);
});
