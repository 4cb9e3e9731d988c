import { expect, test } from "vitest";
import { rejectDeepJson } from "./reject-deep-json.ts";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
const objects = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;

test.each([
  ["nothing", ""],
  ["100 arrays", nested(100)],
  ["100 objects", objects(100)],
  ["many arrays side by side", `[${Array(200).fill("[1]").join(",")}]`],
  ["brackets in a string", JSON.stringify({ a: "[{".repeat(200) })],
  ["brackets after an escaped quote", JSON.stringify(`"${"[".repeat(200)}`)],
  ["brackets after escaped backslashes and a quote", JSON.stringify(`\\\\"${"[".repeat(200)}`)],
  ["a string without an end", `"${"[".repeat(200)}`],
])("accepts %s", (_, text) => {
  expect(() => rejectDeepJson(text)).not.toThrow();
});

test.each([
  ["101 arrays", nested(101)],
  ["101 objects", objects(101)],
  ["arrays after a string that ends with a backslash", `["\\\\",${nested(100)}]`],
  ["arrays in arrays after others have ended", `[[[]],${nested(100)}]`],
  ["a million arrays without an end", "[".repeat(1_000_000)],
])("rejects %s", (_, text) => {
  expect(() => rejectDeepJson(text)).toThrow(
    expect.objectContaining({ code: "invalid", message: "JSON can be at most 100 levels deep." }),
  );
});
