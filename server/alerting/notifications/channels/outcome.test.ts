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
] as const)("a status of %s is %s", (status, outcome) => {
  expect(outcomeOf({ status })).toBe(outcome);
});

test("a hook of Slack has taken a message only when it says ok", () => {
  expect(outcomeOfHook({ status: 200, answer: "ok" })).toBe("delivered");
  expect(outcomeOfHook({ status: 200, answer: "invalid_blocks" })).toBe("refused");
  expect(outcomeOfHook({ status: 429, answer: "" })).toBe("failed");
});

test("a 200 of Slack's Web API that is not ok is refused, but when it was asked too often", () => {
  expect(outcomeOfCall({ status: 200 }, { ok: true })).toBe("delivered");
  expect(outcomeOfCall({ status: 200 }, { ok: false, error: "channel_not_found" })).toBe("refused");
  expect(outcomeOfCall({ status: 200 }, { ok: false, error: "ratelimited" })).toBe("failed");
  expect(outcomeOfCall({ status: 503 }, { ok: false })).toBe("failed");
});
