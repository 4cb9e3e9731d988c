import { expect, test } from "vitest";
import { foldersTo, previewKind, readable } from "./artifact-preview.ts";

test.each([
  ["hardest.PNG", "image"],
  ["confusion_matrix.json", "json"],
  ["conda.yaml", "text"],
  ["MLmodel", "text"],
  ["model.onnx", "none"],
  ["png", "none"],
])("previews %s as %s", (name, kind) => {
  expect(previewKind(name)).toBe(kind);
});

test("indents JSON, and shows invalid JSON unchanged", () => {
  expect(readable('{"a":[1,2],"b":["x"]}', "json")).toBe('{\n  "a": [1, 2],\n  "b": [\n    "x"\n  ]\n}');
  expect(readable('{"a":', "json")).toBe('{"a":');
  expect(readable("a: 1", "text")).toBe("a: 1");
});

test("lists the folders that lead to a file", () => {
  expect(foldersTo("plots/big/a.png")).toEqual(["", "plots", "plots/big"]);
  expect(foldersTo("a.png")).toEqual([""]);
  expect(foldersTo("")).toEqual([]);
});
