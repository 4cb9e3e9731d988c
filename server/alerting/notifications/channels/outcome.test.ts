import { expect, test } from "vitest";
import { outcomeOf, outcomeOfCall, outcomeOfHook } from "./outcome.ts";

test.each([
  [200, "delivered"],
  [202, "delivered"],
  [302, "refused"],
  [400, "refused"],
  [404, "refused"],
  [408, "failed"],
  [429, "failed"],
  [500, "failed"],
  [503, "failed"],
  [null, "failed"],
] as const)("treats status %s as %s", (status, outcome) => {
  expect(outcomeOf({ status })).toBe(outcome);
});

test("treats a Slack webhook message as delivered only if the response is ok", () => {
  expect(outcomeOfHook({ status: 200, answer: "ok" })).toBe("delivered");
  expect(outcomeOfHook({ status: 200, answer: "invalid_blocks" })).toBe("refused");
  expect(outcomeOfHook({ status: 429, answer: "" })).toBe("failed");
});

test("treats an error in a 200 from the Slack Web API as refused, unless rate-limited", () => {
  expect(outcomeOfCall({ status: 200 }, { ok: true })).toBe("delivered");
  expect(outcomeOfCall({ status: 200 }, { ok: false, error: "channel_not_found" })).toBe("refused");
  expect(outcomeOfCall({ status: 200 }, { ok: false, error: "ratelimited" })).toBe("failed");
  expect(outcomeOfCall({ status: 503 }, { ok: false })).toBe("failed");
});
