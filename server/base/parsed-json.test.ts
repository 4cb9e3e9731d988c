import { expect, test } from "vitest";
import { parsedJson, parsedObject } from "./parsed-json.ts";

test("returns undefined for invalid JSON, and an object only for a JSON object", () => {
  expect(["", "{", "NaN", "null", "[1]"].map(parsedJson)).toEqual([undefined, undefined, undefined, null, [1]]);
  expect(["", "null", "[1]", '{"a":1}'].map(parsedObject)).toEqual([undefined, undefined, undefined, { a: 1 }]);
});
