import { expect, test } from "vitest";
import { FieldContract } from "#server/serve/protection/contract.ts";
import { readDraft, startDraft } from "./field-draft.ts";

test.each([
  { input: "x" },
  { input: "x", column: 0, name: "width", type: "integer", minimum: 0, maximum: 10, onOutside: "clip" },
  { input: "x", levels: [1, 2, 3], onOutside: "clip", fallback: 2 },
  { input: "x", type: "text", levels: ["1", "2"], onMissing: "clip", fallback: "1" },
  { input: "x", levels: ["red", "7"], onMissing: "flag" },
])("returns %j from an unchanged form", (input) => {
  const field = FieldContract.parse(input);
  expect(readDraft(startDraft(field, []))).toEqual(field);
});

test("starts a new field at the first input without requirements", () => {
  const draft = startDraft(undefined, [{ name: "image", datatype: "FP32", shape: ["N", 4] }]);
  expect(readDraft(draft)).toEqual(FieldContract.parse({ input: "image" }));
});
