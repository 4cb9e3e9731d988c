import { expect, test } from "vitest";
import type { ProposedFeatures } from "#server/develop/registry/pipeline/contract.ts";
import { complaintOf, editedText, withFeatures } from "./edited-text.ts";

const features = {
  kind: "features",
  service: "eta",
  keys: {},
  policy: { stale: "reject", missing: "reject", unknown: "reject" },
  defaults: {},
  override: true,
  withinMs: 20,
} as const;
const columns = { kind: "columns", columns: [{ name: "conv_rate", datatype: "FP32" }], into: "x", steps: [] } as const;
const parts = [features, columns] as unknown as ProposedFeatures["before"];
const label = { name: "label", from: "y", steps: [{ step: "argmax" }] };

test("leaves out the versions of views, which are found when a pipeline is saved", () => {
  const before = [{ ...features, pinned: { keys: [], requestInputs: [], views: [] } }];
  expect(JSON.parse(editedText({ before, after: [] }))).toEqual({ before: [features], after: [] });
});

test("puts features first, in place of others, and keeps the rest", () => {
  const read = (pipeline: object) => JSON.parse(withFeatures(JSON.stringify(pipeline), parts) ?? "");
  expect(read({ before: [], after: [label] })).toEqual({ before: [features, columns], after: [label] });
  const own = { ...columns, columns: [{ name: "hour", datatype: "FP32" }] };
  expect(read({ before: [{ kind: "features", service: "old" }, own] })).toEqual({ before: [features, own] });
  expect(JSON.parse(withFeatures(" ", parts) ?? "")).toEqual({ before: [features, columns] });
});

test.each(["{", "[]", "1"])("adds nothing to %s", (text) => {
  expect(withFeatures(text, parts)).toBeUndefined();
});

test("says where something is wrong, counting from one", () => {
  expect(complaintOf("before.0.policy.stale", "Must be true.")).toBe("before 1, policy.stale: Must be true.");
  expect(complaintOf("before.1.columns.2.name", "Enter a name.")).toBe("before 2, columns 3, name: Enter a name.");
  expect(complaintOf("before.0", "Name a service.")).toBe("before 1: Name a service.");
  expect(complaintOf("", "Not JSON.")).toBe("Not JSON.");
});
