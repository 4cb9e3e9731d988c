import { expect, test } from "vitest";
import { moveInGrid, readAlikeKey } from "./alike-keys.ts";

test.each([
  ["ArrowDown", { kind: "move", dx: 0, dy: 1 }],
  [" ", { kind: "toggle" }],
  ["3", { kind: "class", index: 2 }],
  ["4", undefined],
  ["0", undefined],
  ["Enter", { kind: "submit" }],
  ["Escape", { kind: "leave" }],
  ["toString", undefined],
])("%s on the grid is %j", (key, command) => {
  expect(readAlikeKey(key, 3)).toEqual(command);
});

test("arrows stay in the grid, and reach a shorter last line", () => {
  // 0 1 2 3 / 4 5 6 7 / 8 9
  const grid = { columns: 4, count: 10 };
  expect(moveInGrid(0, { dx: -1, dy: 0 }, grid)).toBe(0);
  expect(moveInGrid(3, { dx: 1, dy: 0 }, grid)).toBe(4);
  expect(moveInGrid(5, { dx: 0, dy: -1 }, grid)).toBe(1);
  expect(moveInGrid(1, { dx: 0, dy: -1 }, grid)).toBe(1);
  expect(moveInGrid(5, { dx: 0, dy: 1 }, grid)).toBe(9);
  expect(moveInGrid(7, { dx: 0, dy: 1 }, grid)).toBe(9);
  expect(moveInGrid(8, { dx: 0, dy: 1 }, grid)).toBe(8);
  expect(moveInGrid(9, { dx: 1, dy: 0 }, grid)).toBe(9);
});
