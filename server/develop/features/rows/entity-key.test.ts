import { expect, test } from "vitest";
import { goldenKeys } from "#server/testing/fixtures/features/golden.ts";
import type { KeyType, ScalarValue } from "../contract.ts";
import { keyConverterOf } from "../values/convert-value.ts";
import { compareJoinKeys, decodeEntityKey, encodeEntityKey } from "./entity-key.ts";

type Parts = [name: string, type: string, value: unknown][];

/** Keys of vectors have bytes as hex. */
const asCell = (type: string, value: unknown) => (type === "bytes" ? Buffer.from(String(value), "hex") : value);

function partsOf(key: Parts) {
  const sorted = key.toSorted(([a], [b]) => compareJoinKeys(a, b));
  const types = sorted.map(([, type]) => type as KeyType);
  const values = sorted.map(([, type, value]) => keyConverterOf(type as KeyType)(asCell(type, value)) as ScalarValue);
  return { types, values };
}

test.each(goldenKeys)("encodes and decodes $case", ({ key, leeway_hex }) => {
  const { types, values } = partsOf(key);
  const encoded = encodeEntityKey(types, values);
  expect(encoded?.toString("hex")).toBe(leeway_hex);
  expect(decodeEntityKey(types, encoded ?? Buffer.alloc(0))).toEqual(values);
});

test("has no key with a missing part, and an empty one without parts", () => {
  expect(encodeEntityKey(["int64", "string"], [1n, null])).toBeUndefined();
  expect(encodeEntityKey([], [])).toEqual(Buffer.alloc(0));
});

test("orders numbers as their bytes are ordered, and keeps all of them", () => {
  const numbers = [-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n];
  const keys = numbers.map((number) => encodeEntityKey(["int64"], [number]) ?? Buffer.alloc(0));
  expect(keys.toSorted(Buffer.compare)).toEqual(keys);
  expect(keys.map((key) => decodeEntityKey(["int64"], key)[0])).toEqual(numbers);
});

test("refuses a key of other types", () => {
  expect(() => decodeEntityKey(["int64"], Buffer.alloc(9))).toThrow(RangeError);
  expect(() => decodeEntityKey(["string"], Buffer.from("0000000561", "hex"))).toThrow(RangeError);
});
