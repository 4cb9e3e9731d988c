import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { profiled } from "../../../../testing/scenes/monitoring/drift/testing.ts";
import type { SpanState } from "../../state/contract.ts";
import { addScore, emptyScores } from "../../state/scores.ts";
import type { Reading } from "../measures/realised.ts";
import { describeImpact, describeLabel } from "./describe-impact.ts";
import { estimateHarm } from "./estimate-harm.ts";
import { referenceState } from "./reference-state.ts";

const reading: Reading = { taskKind: "binary", positive: "1", isMirrored: false, cutOff: 0.5 };
const random = seededRandom(3);
/** Sure scores: near 0 or near 1. */
const sure = Array.from({ length: 5000 }, () => (random() < 0.5 ? 0.1 : 0.9) + 0.1 * (random() - 0.5));
const unsure = sure.map((score) => 0.5 + (score - 0.5) / 4);
const meanRight = (scores: readonly number[]) =>
  scores.reduce((sum, score) => sum + Math.max(score, 1 - score), 0) / scores.length;

const profile = {
  rows: 5000,
  features: profiled({ x: [1, 2], score: sure }, ["score"]),
  calibration: null,
  quality: null,
};

function counted(scores: readonly number[]): SpanState {
  const state = emptyScores();
  for (const score of scores) addScore(state, score);
  return { rows: scores.length, features: [], scores: new Map([["", state]]) };
}

test("the loss is the reference's estimate less the window's, and its band holds both bands", () => {
  const harm = estimateHarm(profile, counted(unsure.slice(0, 1000)), reading, "accuracy");
  if (!harm) throw new Error("Both sides can be estimated.");
  // The reference's scores are known by 512 quantile bins, one of which spans the gap from 0.15 to 0.85.
  expect(Math.abs(harm.reference.value - meanRight(sure))).toBeLessThan(1 / 1024);
  expect(harm.estimated.value).toBeCloseTo(meanRight(unsure.slice(0, 1000)), 9);
  expect(harm.loss.value).toBeCloseTo(harm.reference.value - harm.estimated.value, 12);
  const half = Math.hypot(
    harm.reference.value - (harm.reference.low ?? 0),
    (harm.estimated.high ?? 0) - harm.estimated.value,
  );
  expect(harm.loss.low).toBeCloseTo(harm.loss.value - half, 12);
  expect(harm.verdict).toBe("worse");
  expect(describeImpact(harm)).toMatch(
    /^accuracy is probably 2\d(\.\d)? to 3\d(\.\d)? points lower than in the reference$/,
  );
});

test("rows like the reference cost nothing, and surer ones are said to be better", () => {
  const same = estimateHarm(profile, counted(sure.slice(0, 1000)), reading, "accuracy");
  expect(same?.verdict).toBe("same");
  expect(same && describeImpact(same)).toMatch(/^accuracy is probably about the same as in the reference \(between /);
  const surer = { ...profile, features: profiled({ score: unsure }, ["score"]) };
  const better = estimateHarm(surer, counted(sure.slice(0, 1000)), reading, "accuracy");
  expect(better && describeImpact(better)).toMatch(/points higher than in the reference$/);
});

test("a reference without scores, and a metric of which neither more nor less is better, have no loss", () => {
  const blind = { ...profile, features: profiled({ x: [1, 2] }) };
  expect(estimateHarm(blind, counted(sure), reading, "accuracy")).toBeUndefined();
  expect(estimateHarm(profile, counted(sure), reading, "bias")).toBeUndefined();
  expect(referenceState(profile, false).scores.size).toBe(0);
});

test("of numbers the loss is how much further off they are expected to be", () => {
  const features = profiled({ hour: ["day", "day", "day", "night"] });
  // Nights are off by 4, days by 1.
  const effects = { hour: [-0.75, 2.25, 0, 0, 0] };
  const stored = { base: 1.75, deviation: 1, effects };
  const quality = {
    labelled: 400,
    taskKind: "regression" as const,
    metrics: {},
    losses: { rows: 400, absolute: stored, squared: stored },
  };
  const state = referenceState({ rows: 400, features: profiled({ hour: ["night", "night", "night", "day"] }) }, false);
  // Levels of the window stand in the order of the reference.
  const [hour] = state.features;
  if (hour?.kind === "categorical") hour.levels = Float64Array.from([1, 3, 0]);
  const harm = estimateHarm(
    { rows: 400, features, calibration: null, quality },
    state,
    { ...reading, taskKind: "regression" },
    "meanAbsoluteError",
  );
  expect(harm?.reference.value).toBeCloseTo(1.75, 9);
  expect(harm?.estimated.value).toBeCloseTo(3.25, 9);
  expect(harm?.loss.value).toBeCloseTo(1.5, 9);
  expect(harm && describeImpact(harm)).toBe("mean absolute error is probably 1.4 to 1.6 higher than in the reference");
});

test("of more classes the reference is what its labels said", () => {
  const quality = { labelled: 1000, taskKind: "multiclass" as const, metrics: { accuracy: 0.9 } };
  const confident = counted(sure.map((score) => Math.max(score, 1 - score)));
  const scores = new Map([["cat", confident.scores.get("") ?? emptyScores()]]);
  const many = { ...reading, taskKind: "multiclass" as const };
  const harm = estimateHarm({ ...profile, quality }, { ...confident, scores }, many, "accuracy");
  expect(harm?.reference).toMatchObject({ value: 0.9, rows: 1000 });
  expect(harm?.verdict).toBe("same");
});

test("labels are due when the window's last prediction is as old as the horizon", () => {
  const [day, to] = [86_400_000, Date.UTC(2026, 4, 14)];
  expect(describeLabel(21 * day, to, to)).toBe(
    "Labels to confirm the estimate arrive by 4 June (21\u00a0d after the prediction).",
  );
  expect(describeLabel(60_000, to, to)).toBe("Labels to confirm the estimate arrive within 60\u00a0s of a prediction.");
  expect(describeLabel(day, to, to + 2 * day)).toBe("Labels to confirm the estimate are complete.");
  expect(describeLabel(null, to, to)).toContain("No labels yet");
});
