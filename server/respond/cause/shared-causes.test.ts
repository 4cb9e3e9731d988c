import { expect, test } from "vitest";
import type { Change } from "#server/respond/changes/contract.ts";
import { describeSharedCause, sharedCausesOf } from "./shared-causes.ts";

const change = (more: Partial<Change> = {}): Change => ({
  id: "deployment:12",
  kind: "deploy",
  title: "churn version 11 deployed to eu",
  at: new Date(0),
  actor: "Ines",
  href: null,
  before: "churn version 10",
  after: "churn version 11",
  endpointId: "0d6a2cf2-2f8c-4d8e-9c33-5b6f6f6c1a11",
  ...more,
});
const of = (more: Partial<Change>, evidence: "strong" | "some" | "none" = "some") =>
  sharedCausesOf({ cause: { change: change(more), evidence }, machine: null, nodes: [] });

test.each<[string, Partial<Change>, string[]]>([
  ["a deployment is its version", {}, ["version:churn version 11"]],
  [
    "a step of a rollout is the same version",
    { id: "rollout-decision:4", kind: "rollout" },
    ["version:churn version 11"],
  ],
  [
    "a dataset version concerns all endpoints",
    { id: "audit:5", kind: "data", endpointId: null, after: null },
    ["change:audit:5"],
  ],
  [
    "a pipeline's change may concern all",
    { id: "external:a", kind: "flag", endpointId: null, after: "text" },
    ["change:external:a"],
  ],
  ["a policy concerns its model", { id: "audit:6", kind: "config", endpointId: null }, []],
  ["settings concern their endpoint", { id: "audit:7", kind: "config" }, []],
  ["a hold moves no traffic", { id: "rollout-decision:5", kind: "freeze" }, []],
])("%s", (_, more, keys) => {
  expect(of(more)).toEqual(keys);
});

test("shares no change without evidence, and nodes once", () => {
  expect(of({}, "none")).toEqual([]);
  expect(sharedCausesOf({ cause: null, machine: "gpu-7", nodes: ["gpu-7", "gpu-8"] })).toEqual([
    "node:gpu-7",
    "node:gpu-8",
  ]);
});

test("describes what is shared", () => {
  expect(describeSharedCause("version:churn version 11")).toBe("churn version 11");
  expect(describeSharedCause("node:gpu:7")).toBe("node gpu:7");
  expect(describeSharedCause("change:audit:5")).toBe("the same change");
});
