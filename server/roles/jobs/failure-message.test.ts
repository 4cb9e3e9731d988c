import { expect, test } from "vitest";
import { failureMessage } from "./failure-message.ts";

test.each([
  [{ name: "DomainError", code: "unavailable", message: "The bucket does not answer." }, "The bucket does not answer."],
  [{ value: { message: "job timed out" } }, "It timed out, or the worker crashed while running it."],
  [{ name: "Error", message: "ENOENT: open '/srv/data/x'" }, "Internal error; see the worker log."],
  [null, "Internal error; see the worker log."],
])("returns for %j only what users may know", (output, words) => {
  expect(failureMessage(output)).toBe(words);
});
