import { expect, test } from "vitest";
import type { RolloutEstimate } from "#server/release/rollouts/estimate/contract.ts";
import type { StartChoice } from "#server/release/rollouts/start-choices/contract.ts";
import { presets } from "./plan-draft.ts";
import { anywayReason, isHeldBack, reviewRows } from "./review-rows.ts";

const choice = (change: Partial<StartChoice> = {}): StartChoice => ({
  versionId: "id-15",
  model: "parcels",
  version: 15,
  aliases: [],
  run: null,
  registeredAt: 0,
  description: "",
  measures: [],
  gates: [
    { title: "Signature", status: "passed", words: "" },
    { title: "Accuracy", status: "passed", words: "" },
  ],
  status: "new",
  deployedAt: null,
  obstacles: [],
  ...change,
});

const estimate: RolloutEstimate = {
  traffic: { requestsPerSecond: 40, requests: 1e6, hours: 24, slowMs: 100, rates: {}, profile: [] },
  guardrails: [{ metric: "slow", baseRate: 0.05, isAssumed: false, detections: [], proofs: [720, 300] }],
  steps: [],
  seconds: 9000,
  exposure: { outright: null, fourfold: null },
  weights: [],
  advice: [],
};
const budget = { allow: true, reason: "62% of the error budget is left.", slos: [] };
const draft = presets.standard.make();
const failing = { kind: "failing" as const, title: "Failing on returns", detail: "3.1% of requests fail" };
const gateFailed = { kind: "gate" as const, title: "Gate failed: Accuracy", detail: "0.9 of 0.95" };

const rowsOf = (change: Partial<Parameters<typeof reviewRows>[0]> = {}) =>
  reviewRows({
    choice: choice(),
    stable: "v14",
    endpoint: "parcels",
    anyway: undefined,
    draft,
    estimate,
    budget,
    ...change,
  });
const titles = (rows: ReturnType<typeof reviewRows>) =>
  rows.map(({ state, title }) => `${state} ${title}`.replaceAll("\u00a0", " "));

test("lists what is known, worst first, and what a regression leads to", () => {
  const gates = [
    { title: "Scan", status: "waived" as const, words: "accepted until June" },
    { title: "Latency", status: "not-run" as const, words: "" },
    { title: "Accuracy", status: "passed" as const, words: "" },
  ];
  const advice = [0, 1].map((step) => ({
    code: "proof-too-slow" as const,
    metric: "errors" as const,
    step,
    seconds: 9e3,
  }));
  expect(
    titles(rowsOf({ choice: choice({ gates, obstacles: [failing] }), estimate: { ...estimate, advice } })),
  ).toEqual([
    "missed Failing on returns",
    "watch Scan: waived",
    "watch 1 gate not run",
    "watch Errors: slow verdict",
    "not-started Slow responses: the slowest guardrail",
    "on-target 1 gate passed",
    "on-target A regression rolls back to v14 automatically",
  ]);
});

test("keeps the reason of a version that was chosen anyway in the review and in what is recorded", () => {
  const bad = choice({ obstacles: [failing, gateFailed] });
  const anyway = { versionId: "id-15", reason: "The other client is broken." };
  expect([isHeldBack(bad, undefined), isHeldBack(bad, anyway)]).toEqual([true, false]);
  expect(rowsOf({ choice: bad, anyway })[0]).toEqual({
    state: "missed",
    title: "Failing on returns",
    detail: "Chosen anyway: The other client is broken.",
  });
  expect(anywayReason(bad, anyway)).toBe("The other client is broken.");
  expect([anywayReason(bad, undefined), anywayReason(choice(), anyway)]).toEqual([undefined, undefined]);
});

test("states the error budget once: held, low, ignored or fine", () => {
  const words = (change: Parameters<typeof rowsOf>[0]) =>
    titles(rowsOf(change)).filter((title) => title.includes("budget"));
  const low = { code: "budget" as const, metric: null, step: 0, seconds: null, words: "Start with at most 5%." };
  const slo = { ...budget, slos: [{}] as never };
  expect(words({ budget: { ...slo, allow: false } })).toEqual(["missed The error budget holds changes"]);
  expect(words({ budget: slo, estimate: { ...estimate, advice: [low] } })).toEqual(["watch The error budget is low"]);
  expect(words({ budget: slo })).toEqual(["on-target The error budget allows the change"]);
  expect(words({ draft: { ...draft, budget: "ignore" } })).toEqual(["watch The error budget is ignored"]);
  expect(words({})).toEqual([]);
});
