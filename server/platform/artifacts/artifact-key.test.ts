import { expect, test } from "vitest";
import { artifactKey, parseArtifactPath } from "./artifact-key.ts";

test.each([
  "..",
  "../x",
  "a/../../x",
  "a/..",
  "%2e%2e/x",
  "%252e%252e/x",
  "..%2fx",
  "..%252fx",
  "/abs",
  "%2fabs",
  "C:/x",
  "c:x",
  "a#b",
  "a%23b",
  "file:///etc/passwd",
  "file:%2F%2F%2Fetc/passwd",
  "s3://bucket/x",
  ".",
  "a/./b",
  "a//b",
  "a/",
  "a\\b",
  "a%5cb",
  "..\\x",
  "a\0b",
  "a%00b",
  "a\nb",
  "x".repeat(256),
  "é".repeat(128),
  Array(200).fill("abcdef").join("/"),
])("rejects the path %j", (path) => {
  expect(() => parseArtifactPath(path)).toThrow("Invalid path");
});

test.each([
  ["", []],
  ["a.txt", ["a.txt"]],
  ["dir/sub/c.bin", ["dir", "sub", "c.bin"]],
  ["sp ace.txt", ["sp ace.txt"]],
  ["ünï/日本.txt", ["ünï", "日本.txt"]],
  ["pct%20x.txt", ["pct%20x.txt"]],
  ["100%", ["100%"]],
  ["...", ["..."]],
  ["..x/y..", ["..x", "y.."]],
  ["epoch:3.txt", ["epoch:3.txt"]],
])("keeps the name of the path %j", (path, segments) => {
  expect(parseArtifactPath(path)).toEqual(segments);
});

test("prefixes a key with the workspace", () => {
  expect(artifactKey("w", ["1", "run", "artifacts", "a.txt"])).toBe("w/1/run/artifacts/a.txt");
});
