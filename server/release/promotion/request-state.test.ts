import { expect, test } from "vitest";
import type { GateLine, GateStatus } from "../../develop/registry/gates/contract.ts";
import type { RequestState } from "./contract.ts";
import { describeState, refusal, requestState } from "./request-state.ts";

const lines = (...statuses: GateStatus[]): GateLine[] =>
  statuses.map((status, index) => ({
    gate: `gate-${index}`,
    title: `Gate ${index}`,
    setting: { kind: "metadata" },
    standing: status,
    run: null,
    waiver: null,
  }));
const open = { decision: undefined, isVersionGone: false };

test.each<[GateStatus[], RequestState]>([
  [[], "ready"],
  [["passed", "waived"], "ready"],
  [["passed", "not-run"], "checking"],
  [["failed", "stale"], "checking"],
  [["passed", "failed"], "held"],
  [["pending"], "held"],
])("derives from gates that are %j the state %s", (statuses, state) => {
  expect(requestState({ ...open, lines: lines(...statuses) })).toBe(state);
});

test("keeps a decision, and is void without its version", () => {
  expect(requestState({ decision: "rejected", isVersionGone: true, lines: lines("passed") })).toBe("rejected");
  expect(requestState({ ...open, isVersionGone: true, lines: [] })).toBe("void");
});

test("allows approval only of a ready request, and never by its author", () => {
  const states: RequestState[] = ["checking", "held", "ready", "approved", "rejected", "withdrawn", "void"];
  const may = (verb: "approve" | "reject" | "withdraw", isAuthor: boolean) =>
    states.filter((state) => !refusal(verb, state, { isAuthor }));
  expect(may("approve", false)).toEqual(["ready"]);
  expect(may("reject", false)).toEqual(["checking", "held", "ready"]);
  expect(may("withdraw", true)).toEqual(["checking", "held", "ready", "void"]);
  expect([...may("approve", true), ...may("reject", true), ...may("withdraw", false)]).toEqual([]);
  expect(refusal("approve", "ready", { isAuthor: true })?.code).toBe("forbidden");
  expect(refusal("approve", "held", { isAuthor: false })?.code).toBe("conflict");
});

test("names the blocking gates", () => {
  expect(describeState("held", lines("passed", "failed", "pending"))).toBe("Blocked by Gate 1, Gate 2");
  expect(describeState("checking", lines("stale"))).toContain("champion or the policy changed");
});
