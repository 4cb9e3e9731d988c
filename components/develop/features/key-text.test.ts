import { expect, test } from "vitest";
import type { KeyType } from "#server/develop/features/contract.ts";
import { keyConverterOf } from "#server/develop/features/values/convert-value.ts";
import { keyText } from "./key-text.ts";

test.each<[KeyType, bigint | number | string | boolean | Uint8Array, string]>([
  ["int64", 9_007_199_254_740_993n, "9007199254740993"],
  ["int32", -7, "-7"],
  ["string", "it's", "it's"],
  ["bool", false, "false"],
  ["bytes", Buffer.from([0, 1, 255]), "AAH/"],
  ["timestamp", 1_772_323_200_000_001n, "2026-03-01T00:00:00.000001Z"],
  ["timestamp", 1_772_323_200_000_000n, "2026-03-01T00:00:00Z"],
  ["timestamp", -1n, "1969-12-31T23:59:59.999999Z"],
])("writes a key of type %s so that it is read again", (type, value, text) => {
  expect(keyText(type, value)).toBe(text);
  expect(keyConverterOf(type)(text)).toEqual(value);
});
