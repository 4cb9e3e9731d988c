import { expect, test } from "vitest";
import { GateSetting, Policy } from "#server/develop/registry/policy/contract.ts";
import { describeEnforcement, describeSetting, requirementTitle } from "./policy-text.ts";

test("describes bound, margin and decision basis of a metric gate", () => {
  const gate = (more: object) => describeSetting(GateSetting.parse({ kind: "metric", metric: "accuracy", ...more }));
  expect(gate({ bound: 0.95, margin: 0.02, scale: "proportion" })).toBe(
    "at least 95%, at most 2 pp worse than the champion, based on the full 95% interval where available",
  );
  expect(gate({ bound: 0.3, better: "lower", judge: "point" })).toBe("at most 0.3, based on the point estimate");
  expect(gate({ margin: 0, judge: "point" })).toBe("no worse than the champion, based on the point estimate");
});

test("describes a gate on an evaluation in the scale and the direction of its metric", () => {
  const set = { name: "spring", digest: "a".repeat(64) };
  const words = (gate: object) => describeSetting(GateSetting.parse({ kind: "evaluation", set, ...gate }));
  expect(words({ metric: "accuracy", bound: 0.9, margin: 0.005, decisionBasis: "point" })).toBe(
    "at least 90%, at most 0.5 pp worse than the champion, based on the point estimate",
  );
  expect(words({ metric: "logLoss", bound: 0.3, decisionBasis: "point" })).toBe(
    "at most 0.3, based on the point estimate",
  );
});

test("describes whether a scan allows warnings and requires a signature", () => {
  expect(describeSetting(GateSetting.parse({ kind: "scan" }))).toBe("no dangerous files");
  expect(describeSetting(GateSetting.parse({ kind: "scan", allowsWarnings: false, needsSignature: true }))).toBe(
    "no dangerous files and no warnings, and signed by a trusted key",
  );
});

test("describes the requests and tolerances of a replay and a consistency gate", () => {
  const words = (gate: object) => describeSetting(GateSetting.parse(gate)).replaceAll("\u00a0", " ");
  expect(words({ kind: "replay" })).toBe(
    "at most 10% of the last 200 requests to the endpoint where the champion is deployed get a different prediction than from the champion, none rejected or invalid, p95 at most 2× the champion's, based on the full 95% interval",
  );
  expect(
    words({ kind: "replay", endpoint: "digits", maxLatencyRatio: null, maxInvalidShare: 0.01, judge: "point" }),
  ).toBe(
    "at most 10% of the last 200 requests to digits get a different prediction than from the champion, at most 1% rejected or invalid, based on the point estimate",
  );
  expect(words({ kind: "consistency", reference: "cpu", provider: "webgpu", inputs: "made-up" })).toBe(
    "outputs on webgpu match those on the CPU within 0.01, and at most 2% of 200 synthetic requests change class",
  );
});

test("describes each enforced setting in one sentence", () => {
  expect(describeEnforcement(Policy.parse({}))).toEqual([]);
  const policy = Policy.parse({
    protectedAliases: ["champion", "edge"],
    enforce: { request: "metadata", aliasMove: "off", deploy: "gates" },
  });
  expect(describeEnforcement(policy)).toEqual([
    "champion, edge: changed only by an approved promotion request, or by an operator with a reason.",
    "Promotion cannot be requested while required metadata is missing.",
    "A version can be deployed only once every gate has passed or is waived.",
  ]);
});

test("formats the title of a required metric", () => {
  expect(requirementTitle("metric:f1")).toBe("Metric f1");
  expect(requirementTitle("dataset-digest")).toBe("Dataset with digest");
});
