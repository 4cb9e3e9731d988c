import { expect, test } from "vitest";
import { characters, checkKey, cut, latestPerKey } from "./keys.ts";

test.each([
  "loss",
  "ok key/with.dots-and:colon",
  "größe/日本",
  "a_b",
  "mlflow.runName",
  "..a",
  "k".repeat(250),
  "𝒜".repeat(250),
])("accepts the key %j", (key) => {
  expect(() => checkKey(key, "key")).not.toThrow();
});

test.each([
  ["a/../b", "b"],
  ["a/", "a"],
  ["a//b", "a/b"],
  [".", "."],
  ["./a", "a"],
  ["/a", "/a"],
  ["../x", "../x"],
])("rejects %j, which would resolve to the path %j", (key, path) => {
  expect(() => checkKey(key, "key")).toThrow(
    `Invalid value "${key}" for parameter 'key' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${path}'`,
  );
});

test.each(["bad!", "a\nb", "a\n", "a;b", "x\u0301"])("rejects characters that are not allowed in %j", (key) => {
  expect(() => checkKey(key, "params[1].key")).toThrow(
    `Invalid value ${JSON.stringify(key)} for parameter 'params[1].key' supplied: Names may only contain`,
  );
});

test("counts length in characters", () => {
  expect(characters("𝒜b")).toBe(2);
  expect(() => checkKey("k".repeat(251), "key", "Param key")).toThrow(
    "'Param key' exceeds the maximum length of 250 characters",
  );
});

test("never splits a character when cutting", () => {
  expect(cut("𝒜𝒜𝒜", 2)).toBe("𝒜𝒜");
  expect(cut("abc", 3)).toBe("abc");
});

test("keeps the last of duplicate keys", () => {
  expect(
    latestPerKey([
      { key: "a", value: "1" },
      { key: "b", value: "2" },
      { key: "a", value: "3" },
    ]),
  ).toEqual([
    { key: "a", value: "3" },
    { key: "b", value: "2" },
  ]);
});
