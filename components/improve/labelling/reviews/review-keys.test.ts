import { expect, test } from "vitest";
import { readReviewKey } from "./review-keys.ts";

const press = (key: string, isInField = false, modKey = false) => readReviewKey({ key, modKey, isInField }, 3);

test.each([
  ["3", { kind: "class", index: 2 }],
  ["4", undefined],
  ["A", { kind: "keep", index: 0 }],
  ["s", { kind: "keep", index: 1 }],
  ["t", { kind: "third" }],
  ["b", { kind: "send-back" }],
  ["u", { kind: "unclear" }],
  [" ", { kind: "toggle-boxes" }],
  ["k", { kind: "move", by: -1 }],
  ["constructor", undefined],
])("%s is %j", (key, command) => {
  expect(press(key)).toEqual(command);
});

test("letters are text in the field of the reason, and Enter confirms", () => {
  expect(press("a", true)).toBeUndefined();
  expect(press("1", true)).toBeUndefined();
  expect(press("Enter", true)).toEqual({ kind: "confirm" });
});

test("leaves keys with Command or Control to the browser", () => {
  expect(press("a", false, true)).toBeUndefined();
});
