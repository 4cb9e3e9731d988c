import { expect, test } from "vitest";
import { isolated, readHidden, toggled, writeHidden } from "./hidden-names.ts";

const all = ["v32", "v31", "v30"];

test("hides and shows a name", () => {
  const hidden = toggled(new Set(), all, "v30");
  expect([...hidden]).toEqual(["v30"]);
  expect([...toggled(hidden, all, "v30")]).toEqual([]);
  expect([...toggled(new Set(["v32", "v31"]), all, "v30")]).toEqual([]);
});

test("isolates a name, and shows all again", () => {
  const hidden = isolated(new Set(["v31"]), all, "v31");
  expect([...hidden]).toEqual(["v32", "v30"]);
  expect([...isolated(hidden, all, "v31")]).toEqual([]);
  expect([...isolated(hidden, all, "v30")]).toEqual(["v32", "v31"]);
});

test("round-trips through an address", () => {
  expect(writeHidden(readHidden("v31,v30"))).toBe("v30,v31");
  expect(writeHidden(readHidden(""))).toBeUndefined();
  expect(readHidden(null).size).toBe(0);
});
