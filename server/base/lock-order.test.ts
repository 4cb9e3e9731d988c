import { expect, test } from "vitest";
import { heldOutOfOrder } from "./lock-order.ts";

test("finds what a transaction should have locked later", () => {
  expect(heldOutOfOrder(new Set(["experiment"]), "run")).toEqual([]);
  expect(heldOutOfOrder(new Set(["run", "model version"]), "registered model")).toEqual(["model version"]);
});

test("allows more of a kind that is held already", () => {
  expect(heldOutOfOrder(new Set(["files", "model version"]), "files")).toEqual([]);
});
