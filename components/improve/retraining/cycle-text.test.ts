import { expect, test } from "vitest";
import { nbsp } from "#components/ui/format.ts";
import { RetrainingPlan, RetrainingPolicy } from "#server/improve/retraining/contract.ts";
import type { RetrainingCycleDetails } from "#server/improve/retraining/cycles/contract.ts";
import { cycleCells, describeCycle, describeState, describeTrigger } from "./cycle-text.ts";

const at = (minutes: number) => new Date(Date.UTC(2026, 5, 3, 4, minutes));
const plan = RetrainingPlan.parse({
  data: { kind: "dataset", name: "photos" },
  job: { template: "damage" },
  compare: { frozenSet: "00000000-0000-4000-8000-000000000001" },
  release: {
    plan: {
      steps: [{ weight: 0.1, minSeconds: 60, maxSeconds: 600 }],
      guardrails: [{ metric: "errors" }],
    },
  },
});
const training: RetrainingCycleDetails = {
  id: "00000000-0000-4000-8000-000000000002",
  number: 7,
  model: "parcel-damage",
  endpoint: { id: "00000000-0000-4000-8000-000000000003", name: "depots" },
  revision: 4,
  state: "training",
  words: "",
  rejectedAt: null,
  evidence: [
    { key: "drift:1", trigger: "drift", words: "brightness has drifted for 26 h.", since: 0, labelsFrom: 0 },
    { key: "drift:2", trigger: "drift", words: "width has drifted for 25 h.", since: 0, labelsFrom: 0 },
  ],
  requestedBy: null,
  requestReason: null,
  championVersion: 15,
  candidateVersion: null,
  cancelRequest: null,
  outcome: null,
  startedAt: at(10),
  endedAt: null,
  rules: RetrainingPolicy.parse({ triggers: [] }),
  plan,
  steps: [
    { state: "requested", words: "", at: at(10) },
    { state: "checking-data", words: "", at: at(11) },
    { state: "training", words: "", at: at(31) },
  ],
  parts: {
    data: {
      madeBy: null,
      version: { id: "1", name: "photos", digest: "c07e", rows: 900 },
      problem: null,
    },
    job: { id: "tj-1", name: "damage-3", state: "running" },
    comparison: null,
    gatesAt: null,
    approval: null,
    rollout: null,
  },
  isMine: false,
};

test("says where a cycle is, and what it started from", () => {
  expect(describeTrigger(training)).toBe("brightness has drifted for 26 h, and 1 more");
  expect(describeTrigger({ evidence: [], requestedBy: "Priya Raman" })).toBe("Requested by Priya Raman");
  expect(describeCycle(training)).toBe("A candidate is training. Production is unchanged until the canary.");
  expect(describeCycle({ ...training, state: "evaluating", candidateVersion: 17 })).toBe(
    "v17 is compared with v15 on the same rows.",
  );
  expect(describeState({ state: "rejected", rejectedAt: "gate" })).toBe("Rejected by a gate");
});

test("shows what is done, in progress and still to come", () => {
  const cells = cycleCells(training, at(40).getTime());
  expect(cells.map(({ share, state, status }) => [share, state, status])).toEqual([
    ["Trigger", "finished", expect.any(String)],
    ["Data", "finished", `20${nbsp}min`],
    ["Training", "running", `9${nbsp}min`],
    ["Candidate", "not-started", ""],
    ["Gates", "not-started", ""],
    ["Canary", "not-started", ""],
    ["Outcome", "not-started", ""],
  ]);
  const rejected = { ...training, state: "rejected", rejectedAt: "training", words: "It failed.", endedAt: at(41) };
  const ended = cycleCells(rejected as RetrainingCycleDetails, at(50).getTime());
  expect(ended.map(({ share, state }) => [share, state])).toEqual([
    ["Trigger", "finished"],
    ["Data", "finished"],
    ["Training", "missed"],
    ["Candidate", "not-started"],
    ["Gates", "not-started"],
    ["Canary", "not-started"],
    ["Outcome", "missed"],
  ]);
  expect(ended.at(-1)?.detail).toBe("Rejected in training");
  const asked = { ...training, plan: { ...plan, release: { ...plan.release, needsApproval: true } } };
  expect(cycleCells(asked, 0).map(({ share }) => share)).toContain("Approval");
});
