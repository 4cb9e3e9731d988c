import { describe, expect, test } from "vitest";
import { problemOfAlias, problemOfModelName, problemOfTagKey, problemOfTagValue, problemOfText } from "./names.ts";

describe("model names", () => {
  test.each(["digits", "flight delay", "größe 日本", "a.b", "…"])("accepts the model name %s", (name) => {
    expect(problemOfModelName(name)).toBeUndefined();
  });

  test.each([
    [" ", "Missing value"],
    ["a/b", "Names cannot contain '/' or ':'"],
    ["a:b", "Names cannot contain '/' or ':'"],
    [".", "would resolve to '.'"],
    ["..", "would resolve to"],
    ["a\0", "NUL"],
    ["a\nb", "Remove control characters from the name."],
    ["a\u2067b", "Remove control characters from the name."],
    ["x".repeat(257), "'name' exceeds the maximum length of 256 characters"],
    ["/".repeat(257), "'name' exceeds the maximum length of 256 characters"],
  ])("rejects the model name %j", (name, problem) => {
    expect(problemOfModelName(name)).toContain(problem);
  });
});

describe("aliases", () => {
  test.each(["champion", "Champion", "a-b_1", "version1", "x".repeat(255)])("accepts the alias %s", (alias) => {
    expect(problemOfAlias(alias)).toBeUndefined();
  });

  test.each([
    ["a b", "Invalid alias name: 'a b'"],
    ["", "Invalid alias name"],
    ["latest", "reserved"],
    ["LATEST", "reserved"],
    ["v1", "Version alias name 'v1' is reserved."],
    ["V12", "reserved"],
    ["x".repeat(256), "maximum length of 255"],
  ])("rejects the alias %j", (alias, problem) => {
    expect(problemOfAlias(alias)).toContain(problem);
  });
});

describe("tag keys", () => {
  test.each(["team", "mlflow.prompt.is_prompt", "größe/日本", "a b:c-d"])("accepts the tag key %s", (key) => {
    expect(problemOfTagKey(key)).toBeUndefined();
  });

  test.each([
    ["bad!", "may only contain alphanumerics"],
    ["", "must not resolve"],
    ["a//b", "would resolve to 'a/b'"],
    ["../a", "must not resolve"],
    ["/a", "would resolve to '/a'"],
    ["a/", "would resolve to 'a'"],
    [".", "would resolve to '.'"],
    ["x".repeat(251), "maximum length of 250"],
  ])("rejects the tag key %j", (key, problem) => {
    expect(problemOfTagKey(key)).toContain(problem);
  });

  test("rejects a parent segment, which resolves to another key", () => {
    expect(problemOfTagKey("a/../b")).toContain("would resolve to 'b'");
  });
});

test("measures length in characters instead of UTF-16 units", () => {
  expect(problemOfText("x", "😀".repeat(10), 10)).toBeUndefined();
  expect(problemOfText("x", "😀".repeat(11), 10)).toContain("maximum length of 10");
  expect(problemOfTagValue("x".repeat(100_001))).toBe("'value' exceeds the maximum length of 100000 characters");
});
