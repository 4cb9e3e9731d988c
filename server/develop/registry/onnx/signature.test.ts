import { expect, test } from "vitest";
import { parseLabels } from "./signature.ts";

test.each([
  ['["cat","dog"]', ["cat", "dog"]],
  ["[0,1]", ["0", "1"]],
  ["cat, dog", ["cat", "dog"]],
  ["cat\ndog, small\n", ["cat", "dog, small"]],
  ["", []],
])("parses labels from %j", (text, labels) => {
  expect(parseLabels(text)).toEqual(labels);
});
