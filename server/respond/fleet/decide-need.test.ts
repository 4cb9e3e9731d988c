import { expect, test } from "vitest";
import { decideNeed, decideNext } from "./decide-need.ts";

const approval = { id: "r1", hold: { code: "needs-approval", words: "", since: 0 } };
const held = { id: "r1", hold: { code: "too-little-data", words: "", since: 0 } };
const endpoint = { name: "card fraud", state: "healthy", incident: null, rollout: null } as const;
const incident = { number: 238, stage: "act", isAcknowledged: false } as const;

test.each([
  ["failing", null, "action"],
  ["recovering", approval, "action"],
  ["degraded", null, "watch"],
  ["no-slo", null, "watch"],
  ["healthy", null, "healthy"],
  ["healthy", held, "healthy"],
  ["healthy", approval, "watch"],
  ["no-traffic", null, "idle"],
  ["stopped", null, "idle"],
] as const)("puts a %s endpoint with rollout %o into the group %s", (state, rollout, need) => {
  expect(decideNeed(state, rollout)).toBe(need);
});

test.each([
  [{ state: "failing", incident }, "Acknowledge INC-238", "/on-call/INC-238"],
  [{ state: "failing", incident: { ...incident, isAcknowledged: true } }, "Open INC-238", "/on-call/INC-238"],
  [{ state: "recovering", incident: { ...incident, stage: "watch" } }, "Watch INC-238", "/on-call/INC-238"],
  [{ state: "recovering", incident: { ...incident, stage: "resolve" } }, "Resolve INC-238", "/on-call/INC-238"],
  [{ state: "degraded" }, "Open On call", "/on-call"],
  [{ rollout: approval }, "Approve…", "/rollouts/r1"],
  [{ state: "no-slo" }, "Create SLO…", "/slos/new?endpoint=card+fraud"],
] as const)("names the next step of %o", (facts, words, href) => {
  expect(decideNext({ ...endpoint, ...facts })).toEqual({ words, href });
});

test("names no step where there is nothing to do", () => {
  expect(decideNext({ ...endpoint, rollout: held })).toBeNull();
});
