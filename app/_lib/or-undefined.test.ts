import { expect, test } from "vitest";
import { orUndefined } from "./or-undefined.ts";

test("returns undefined if loading fails, and the value otherwise", async () => {
  expect(await orUndefined("quality", async () => 7)).toBe(7);
  const failing = async () => {
    throw new Error("The table is away.");
  };
  expect(await orUndefined("quality", failing)).toBeUndefined();
});
