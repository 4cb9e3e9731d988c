import { expect, test } from "vitest";
import { orUndefined } from "./or-undefined.ts";

test("a part that fails is missing, and one that is read is there", async () => {
  expect(await orUndefined("quality", async () => 7)).toBe(7);
  const failing = async () => {
    throw new Error("The table is away.");
  };
  expect(await orUndefined("quality", failing)).toBeUndefined();
});
