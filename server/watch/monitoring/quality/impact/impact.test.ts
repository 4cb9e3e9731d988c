import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { profiled } from "../../../../testing/fixtures/monitoring/drift/testing.ts";
import type { SpanState } from "../../state/contract.ts";
import { addScore, emptyScores } from "../../state/scores.ts";
import type { Reading } from "../measures/realised.ts";
import { describeImpact, describeLabel, describeLabelled } from "./describe-impact.ts";
import { estimateImpact, lossBetween } from "./estimate-impact.ts";
import { referenceState } from "./reference-state.ts";

const reading: Reading = { taskKind: "binary", positive: "1", isMirrored: false, cutOff: 0.5 };
const random = seededRandom(3);
/** Scores near 0 or near 1. */
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

function countBytes(scores: readonly number[]): SpanState {
  const state = emptyScores();
  for (const score of scores) addScore(state, score);
  return { rows: scores.length, features: [], scores: new Map([["", state]]) };
}

test("computes the loss as reference minus window estimate, with a band that includes both bands", () => {
  const impact = estimateImpact(profile, countBytes(unsure.slice(0, 1000)), reading, "accuracy");
  if (!impact) throw new Error("Both sides can be estimated.");
  // The reference's scores are known by 512 quantile bins, one of which spans the gap from 0.15 to 0.85.
  expect(Math.abs(impact.reference.value - meanRight(sure))).toBeLessThan(1 / 1024);
  expect(impact.estimated.value).toBeCloseTo(meanRight(unsure.slice(0, 1000)), 9);
  expect(impact.loss.value).toBeCloseTo(impact.reference.value - impact.estimated.value, 12);
  const half = Math.hypot(
    impact.reference.value - (impact.reference.low ?? 0),
    (impact.estimated.high ?? 0) - impact.estimated.value,
  );
  expect(impact.loss.low).toBeCloseTo(impact.loss.value - half, 12);
  expect(impact.verdict).toBe("worse");
  expect(describeImpact(impact)).toMatch(
    /^accuracy is probably 2\d(\.\d)? to 3\d(\.\d)? points lower than in the reference$/,
  );
});

test("reports no loss for rows like the reference, and an improvement for more confident ones", () => {
  const same = estimateImpact(profile, countBytes(sure.slice(0, 1000)), reading, "accuracy");
  expect(same?.verdict).toBe("same");
  expect(same && describeImpact(same)).toMatch(/^accuracy is probably about the same as in the reference \(between /);
  const surer = { ...profile, features: profiled({ score: unsure }, ["score"]) };
  const better = estimateImpact(surer, countBytes(sure.slice(0, 1000)), reading, "accuracy");
  expect(better && describeImpact(better)).toMatch(/points higher than in the reference$/);
});

test("returns no loss for a reference without scores or a metric without a direction", () => {
  const blind = { ...profile, features: profiled({ x: [1, 2] }) };
  expect(estimateImpact(blind, countBytes(sure), reading, "accuracy")).toBeUndefined();
  expect(estimateImpact(profile, countBytes(sure), reading, "bias")).toBeUndefined();
  expect(referenceState(profile, false).scores.size).toBe(0);
});

test("computes the loss for regression as the increase of the expected error", () => {
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
  // Levels of the window are in the order of the reference.
  const [hour] = state.features;
  if (hour?.kind === "categorical") hour.levels = Float64Array.from([1, 3, 0]);
  const impact = estimateImpact(
    { rows: 400, features, calibration: null, quality },
    state,
    { ...reading, taskKind: "regression" },
    "meanAbsoluteError",
  );
  expect(impact?.reference.value).toBeCloseTo(1.75, 9);
  expect(impact?.estimated.value).toBeCloseTo(3.25, 9);
  expect(impact?.loss.value).toBeCloseTo(1.5, 9);
  expect(impact && describeImpact(impact)).toBe(
    "mean absolute error is probably 1.4 to 1.6 higher than in the reference",
  );
});

test("uses labelled reference quality for multiclass models", () => {
  const quality = { labelled: 1000, taskKind: "multiclass" as const, metrics: { accuracy: 0.9 } };
  const confident = countBytes(sure.map((score) => Math.max(score, 1 - score)));
  const scores = new Map([["cat", confident.scores.get("") ?? emptyScores()]]);
  const many = { ...reading, taskKind: "multiclass" as const };
  const impact = estimateImpact({ ...profile, quality }, { ...confident, scores }, many, "accuracy");
  expect(impact?.reference).toMatchObject({ value: 0.9, rows: 1000 });
  expect(impact?.verdict).toBe("same");
});

test("states what labels show instead of what scores suggest", () => {
  const reference = { value: 0.9, low: 0.895, high: 0.905, rows: 10_000 };
  const realised = { value: 0.877, low: 0.871, high: 0.883, rows: 12_000 };
  const lost = lossBetween(reference, realised, "accuracy");
  expect(lost).toMatchObject({ verdict: "worse", loss: { value: expect.closeTo(0.023, 9) } });
  if (!lost) throw new Error("Both have intervals.");
  expect(describeImpact({ metric: "accuracy", ...lost, realised })).toBe(
    "accuracy is 1.5 to 3.1 points lower than in the reference",
  );
  expect(describeLabelled(realised, "accuracy is probably 6.8 to 8.3 points lower than in the reference")).toBe(
    "Measured on 12,000 labelled predictions. From scores alone: accuracy is probably 6.8 to 8.3 points lower than in the reference.",
  );
  expect(lossBetween(reference, { ...realised, low: null }, "accuracy")).toBeUndefined();
});

test("expects labels when the last prediction of the window reaches the horizon", () => {
  const [day, to] = [86_400_000, Date.UTC(2026, 4, 14)];
  expect(describeLabel(21 * day, to, to)).toBe(
    "Labels to confirm the estimate arrive by 4 June (21\u00a0d after the prediction).",
  );
  expect(describeLabel(60_000, to, to)).toBe("Labels to confirm the estimate arrive within 60\u00a0s of a prediction.");
  expect(describeLabel(day, to, to + 2 * day)).toBe("Labels to confirm the estimate are complete.");
  expect(describeLabel(null, to, to)).toContain("No labels yet");
});
