import { expect, test } from "vitest";
import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { gateSettings } from "../../develop/registry/policy/contract.ts";
import { EvaluationTask } from "../evaluation/contract.ts";
import { measureTask } from "../evaluation/metrics/measure-task.ts";
import { regionParts } from "../evaluation/regions/score-regions.ts";
import type { RunRows } from "../evaluation/runs/score-rows.ts";
import type { SetRows } from "../evaluation/sets/set-rows.ts";
import { decideEvaluationGate } from "./decide-evaluation-gate.ts";

const settingOf = (setting: object) =>
  gateSettings.evaluation.parse({
    kind: "evaluation",
    set: { name: "s", digest: "a".repeat(64) },
    metric: "any",
    ...setting,
  });

type Columns = SetRows["columns"];

/** Predictions of numbers whose labels are 0; null where a row failed. */
function numbers(predictions: (number | null)[], columns: Columns = {}) {
  const rows = predictions.length;
  const score = Float32Array.from(predictions, (value) => value ?? Number.NaN);
  const set = setOf(rows, { truth: new Float64Array(rows), ...columns });
  return measured({ kind: "regression", label: "y" }, set, {
    answer: Uint16Array.from(predictions, (value) => (value === null ? 0xffff : 0)),
    score,
    loss: score.map(Math.abs),
    correct: new Uint8Array(rows),
  });
}

/** Correct and incorrect answers of two classes without probabilities. */
function answers(correct: number[], columns: Columns = {}) {
  const rows = correct.length;
  const set = setOf(rows, { truth: new Uint16Array(rows), ...columns });
  return measured({ kind: "classification", label: "y" }, set, {
    answer: Uint16Array.from(correct, (value) => 1 - value),
    score: new Float32Array(rows),
    loss: Float32Array.from(correct, (value) => 1 - value),
    correct: Uint8Array.from(correct),
  });
}

function setOf(rows: number, columns: Columns): SetRows {
  const head = { classes: ["a", "b"], names: {}, segments: [] };
  return { rows, head, columns } as unknown as SetRows;
}

function measured(task: object, set: SetRows, columns: object) {
  const head = { classes: ["a", "b"], isTwoClasses: false, areProbabilities: null, failures: [], modelMs: 0 };
  const run = { rows: set.rows, head, columns } as unknown as RunRows;
  return { set, own: measureTask(EvaluationTask.parse(task), set, run) };
}

interface Sides {
  version: ReturnType<typeof numbers>;
  champion?: ReturnType<typeof numbers>;
}

function decided(setting: object, id: EvaluationMetricId, { version, champion }: Sides) {
  const { own, set } = version;
  return decideEvaluationGate(settingOf(setting), id, { own, other: champion?.own ?? null, set, rows: null });
}

const times = <Value>(count: number, of: (index: number) => Value) => Array.from({ length: count }, (_, at) => of(at));

test("takes the direction of the metric, and decides nothing in another one or without one", () => {
  const version = numbers(times(40, () => 1));
  expect(decided({ bound: 2 }, "meanAbsoluteError", { version })).toMatchObject({ verdict: "passed", limit: 2 });
  expect(decided({ bound: 2, better: "higher" }, "meanAbsoluteError", { version })).toMatchObject({
    verdict: "pending",
    words: expect.stringContaining('Set better to "lower"'),
  });
  expect(decided({ bound: 0.3 }, "bias", { version }).words).toContain("cannot be gated");
});

test("lets no version pass by the rows that it does not answer", () => {
  const errors = (failed: number) => numbers(times(1000, (row) => (row < failed ? null : (row % 7) / 100)));
  const bounded = { better: "lower", bound: 1 };
  expect(decided(bounded, "meanAbsoluteError", { version: errors(960) })).toMatchObject({
    verdict: "pending",
    words: "960 of 1,000 have no prediction and are excluded from the metric; at most 1% may be",
  });
  expect(decided(bounded, "meanAbsoluteError", { version: errors(999) }).words).toContain("1 row with a prediction,");
  const few = decided(bounded, "meanAbsoluteError", { version: errors(10) });
  expect(few.verdict).toBe("passed");
  expect(few.evidence.facts[0]?.value).toContain("(990 rows)");
  const compared = { better: "lower", margin: 1 };
  const more = decided(compared, "meanAbsoluteError", { version: errors(3), champion: errors(2) });
  expect(more).toMatchObject({ verdict: "pending", words: expect.stringContaining("of the champion 2 were") });
  expect(decided(compared, "meanAbsoluteError", { version: errors(2), champion: errors(3) }).verdict).toBe("passed");
  const rare = { version: errors(0), champion: errors(980) };
  expect(decided(compared, "meanAbsoluteError", rare)).toMatchObject({
    verdict: "pending",
    words: "insufficient data: 20 rows have predictions of both versions",
  });
});

test("decides by no point estimate where the policy asks for an interval", () => {
  const version = numbers(times(100, (row) => (row % 7) / 100));
  const bounded = { bound: -1e9 };
  expect(
    decided(bounded, "r2", {
      version: numbers(
        times(100, () => 0),
        { truth: Float64Array.from(times(100, (row) => row)) },
      ),
    }),
  ).toMatchObject({
    verdict: "pending",
    words: expect.stringContaining("no interval of R² is known"),
  });
  const compared = { better: "lower", margin: 1 };
  expect(decided(compared, "smape", { version, champion: version }).verdict).toBe("pending");
  expect(decided({ ...compared, decisionBasis: "point" }, "smape", { version, champion: version }).verdict).toBe(
    "passed",
  );
});

test("takes rows that share an entity as few, with an interval of entities", () => {
  // 20 entities of 50 equal rows: of 1,000 independent rows, 70% would surely be above 60%.
  const correct = times(1000, (row) => Number(Math.floor(row / 50) < 14));
  const cluster = Uint32Array.from(times(1000, (row) => Math.floor(row / 50)));
  const bounded = { bound: 0.6 };
  expect(decided(bounded, "accuracy", { version: answers(correct) }).verdict).toBe("passed");
  const clustered = decided(bounded, "accuracy", { version: answers(correct, { cluster }) });
  expect(clustered).toMatchObject({ verdict: "pending", evidence: { method: "bootstrap" } });
  expect(clustered.evidence.interval?.low).toBeLessThan(0.6);
  expect(decided({ bound: 0.3 }, "accuracy", { version: answers(correct, { cluster }) }).verdict).toBe("passed");
  expect(decided({ bound: 0.1 }, "macroF1", { version: answers(correct, { cluster }) }).verdict).toBe("pending");
  const five = Uint32Array.from(times(1000, (row) => row % 5));
  expect(decided({ bound: 0.3 }, "accuracy", { version: answers(correct, { cluster: five }) }).words).toBe(
    "insufficient data: 5 entities, at least 10 are needed",
  );
});

test("takes lists as units: many rows of one list are one", () => {
  const rankedIn = (lists: number) => {
    const unit = Uint32Array.from(times(400, (row) => row % lists));
    const set = setOf(400, { truth: Float64Array.from(times(400, (row) => Number(row < lists))), unit });
    set.head.names = { unit: times(lists, String) };
    return measured({ kind: "ranking", label: "y", list: "q", at: 10 }, set, {
      answer: new Uint16Array(400),
      score: Float32Array.from(times(400, (row) => 400 - row)),
      loss: new Float32Array(400),
      correct: new Uint8Array(400),
    });
  };
  expect(decided({ bound: 0.5 }, "ndcg", { version: rankedIn(1) })).toMatchObject({
    verdict: "pending",
    words: "insufficient data: 1 list or series, at least 30 are needed",
  });
  expect(decided({ bound: 0.5 }, "ndcg", { version: rankedIn(40) }).verdict).toBe("passed");
});

test("decides Brier score and calibration error of two classes on a segment, and says why a metric is missing", () => {
  const rows = 100;
  const set = setOf(rows, { truth: Uint16Array.from({ length: rows }, (_, row) => row % 2) });
  const score = Float32Array.from({ length: rows }, (_, row) => (row % 2 === 1 ? 0.75 : 0.25));
  const columns = { answer: set.columns.truth, score, loss: score, correct: new Uint8Array(rows).fill(1) };
  const measuredWith = (head: object, of: SetRows) =>
    measureTask(EvaluationTask.parse({ kind: "classification", label: "y" }), of, {
      rows,
      head: { classes: of.head.classes, areProbabilities: true, failures: [], modelMs: 0, ...head },
      columns,
    } as unknown as RunRows);
  const decide = (own: ReturnType<typeof measureTask>, id: EvaluationMetricId, bound: number) => {
    const segment = Uint32Array.from({ length: 50 }, (_, row) => row);
    const gate = settingOf({ bound, decisionBasis: "point" });
    return decideEvaluationGate(gate, id, { own, other: null, set, rows: segment });
  };
  const two = measuredWith({ isTwoClasses: true }, set);
  expect(decide(two, "brier", 0.07)).toMatchObject({ verdict: "passed", measured: 0.0625 });
  expect(decide(two, "calibrationError", 0.2)).toMatchObject({ verdict: "failed", measured: 0.25 });
  expect(decide(two, "top3", 0.9).words).toBe("this version has no Top-3 accuracy on the set");
  const many = { ...set, head: { ...set.head, classes: ["a", "b", "c", "d"] } };
  const old = decide(measuredWith({ isTwoClasses: false }, many), "top3", 0.9);
  expect(old).toMatchObject({ verdict: "pending", words: expect.stringMatching(/on the set\. An earlier .* again$/) });
});

test("decides average precision of boxes by its interval, alone and against the champion on the same pictures", () => {
  const rows = 60;
  const version = (isFound: (row: number) => boolean) => {
    const boxesOf = (row: number) => [["a", isFound(row) ? 0 : 50, 0, 10, 10, 0.9]];
    const found = times(rows, (row) => JSON.stringify(boxesOf(row)));
    const parts = regionParts.boxes.map((name) => [name, new Float32Array(rows)]);
    return measured({ kind: "boxes", label: "y" }, setOf(rows, { truth: times(rows, () => "[[0,0,0,10,10]]") }), {
      answer: new Uint16Array(rows),
      score: new Float32Array(rows),
      loss: new Float32Array(rows),
      correct: new Uint8Array(rows),
      found,
      ...Object.fromEntries(parts),
    });
  };
  const [good, bad] = [version((row) => row % 10 > 0), version((row) => row % 2 > 0)];
  const bounded = decided({ bound: 0.5, confidence: 0.9 }, "boxPrecision", { version: good });
  expect(bounded).toMatchObject({ verdict: "passed", evidence: { interval: expect.anything() } });
  expect(decided({ bound: 0.5 }, "boxPrecision50", { version: bad })).toMatchObject({ verdict: "failed" });
  expect(decided({ margin: 0 }, "boxPrecision", { version: good, champion: bad })).toMatchObject({ verdict: "passed" });
  expect(decided({ margin: 0.1 }, "boxPrecision", { version: bad, champion: good })).toMatchObject({
    verdict: "failed",
  });
});
