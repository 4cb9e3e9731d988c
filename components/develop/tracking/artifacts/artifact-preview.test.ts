import { expect, test } from "vitest";
import { foldersTo, previewKind, readable } from "./artifact-preview.ts";

test.each([
  ["hardest.PNG", "image"],
  ["confusion_matrix.json", "json"],
  ["conda.yaml", "text"],
  ["MLmodel", "text"],
  ["model.onnx", "none"],
  ["png", "none"],
])("%s is shown as %s", (name, kind) => {
  expect(previewKind(name)).toBe(kind);
});

test("JSON gets lines, and what only claims to be JSON is shown as it is", () => {
  expect(readable('{"a":[1,2],"b":["x"]}', "json")).toBe('{\n  "a": [1, 2],\n  "b": [\n    "x"\n  ]\n}');
  expect(readable('{"a":', "json")).toBe('{"a":');
  expect(readable("a: 1", "text")).toBe("a: 1");
});

test("the folders on the way to a file", () => {
  expect(foldersTo("plots/big/a.png")).toEqual(["", "plots", "plots/big"]);
  expect(foldersTo("a.png")).toEqual([""]);
  expect(foldersTo("")).toEqual([]);
});
