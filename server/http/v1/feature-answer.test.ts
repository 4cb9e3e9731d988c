import { expect, test } from "vitest";
import { toJsonCell } from "./feature-answer.ts";

test("keeps the digits of integers, inside maps too", () => {
  const map =
    '{"a":9007199254740993,"b":[-9223372036854775808,1.5,12345678901234567890.5],"c":"9007199254740993","d":7}';
  expect(toJsonCell("map", map)).toEqual({
    a: "9007199254740993",
    b: ["-9223372036854775808", 1.5, 12345678901234567000],
    c: "9007199254740993",
    d: 7,
  });
  expect(toJsonCell("map", '{"a":{"b":1}}')).toEqual({ a: { b: 1 } });
  expect(toJsonCell("int64", 9007199254740993n)).toBe("9007199254740993");
});
