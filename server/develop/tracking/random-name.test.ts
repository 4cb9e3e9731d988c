import { expect, test } from "vitest";
import { randomName } from "./random-name.ts";

test("builds a random name from an adjective, a noun and a number", () => {
  expect(randomName(() => 0)).toBe("able-anchor-0");
  expect(randomName((below) => below - 1)).toBe("witty-yacht-999");
  expect(randomName()).toMatch(/^[a-z]+-[a-z]+-\d{1,3}$/);
});
