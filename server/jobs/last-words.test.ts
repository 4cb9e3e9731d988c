import { expect, test } from "vitest";
import { lastWords } from "./last-words.ts";

test.each([
  [{ name: "DomainError", code: "unavailable", message: "The bucket does not answer." }, "The bucket does not answer."],
  [{ value: { message: "job timed out" } }, "It took too long, or the worker died in the middle of it."],
  [{ name: "Error", message: "ENOENT: open '/srv/data/x'" }, "Leeway failed, and the worker's log says why."],
  [null, "Leeway failed, and the worker's log says why."],
])("of %j people are told what they may know", (output, words) => {
  expect(lastWords(output)).toBe(words);
});
