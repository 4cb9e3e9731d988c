import { expect, it } from "vitest";
import { isNumeral } from "./is-numeral.ts";

it.each(["0", "-1", "+2.5", ".5", "3.", "1e5", "6.02E+23", "-0.1e-7"])("accepts %s", (text) => {
  expect(isNumeral(text)).toBe(true);
});

it.each(["", ".", "e5", "1e", "0x10", "1_000", " 1", "1,5", "--1", "nan", "1".repeat(401)])("rejects %j", (text) => {
  expect(isNumeral(text)).toBe(false);
});
