import { formatCount } from "#server/base/format-number.ts";
import type { EvaluationMetricId } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { problemOfGatedMetric } from "#server/develop/registry/evaluation-metrics/contract.ts";
import { countFailed } from "#server/stats/evaluation/row-columns.ts";
import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { pending } from "../../develop/registry/gates/pending.ts";
import type { EvaluationGate } from "../../develop/registry/policy/contract.ts";
import { compareBoxPrecision } from "../evaluation/comparison/box-precision.ts";
import { comparedMetrics, compareMetric } from "../evaluation/comparison/compare-metric.ts";
import { estimateRunMetric } from "../evaluation/comparison/estimate-run-metric.ts";
import { minSegmentRows } from "../evaluation/metrics/evaluate-rows.ts";
import { describeMetric } from "../evaluation/metrics/metric-catalogue.ts";
import type { Selected, TaskMetrics } from "../evaluation/metrics/task-metrics.ts";
import type { SetRows } from "../evaluation/sets/set-rows.ts";
import type { Estimate } from "./estimate-metric.ts";
import { evaluateEstimates } from "./evaluate-metric-gate.ts";

/** Largest share of rows without an answer where the metric leaves them out: a version must not pass by the rows that it rejects. */
const maxFailedShare = 0.01;
/** Below so many clusters no bootstrap is reliable (docs/spec/evaluation.md section 2.5). */
const minClusters = 10;
const byPoint = 'Set decisionBasis to "point" to decide by the point estimate';

/** What a version and the champion, if it is compared, have on the rows of a gate. */
interface Measured {
  own: TaskMetrics;
  other: TaskMetrics | null;
  set: Pick<SetRows, "rows">;
  rows: Selected;
}

interface Counted {
  units: number;
  failed: number;
}

/**
 * Decides an evaluation gate by a metric of a version and its difference to the champion. The verdict is pending where too few rows were answered, where
 * the metric leaves out rows without an answer that are too many or more than the champion's, and where the policy asks for an interval that is not known.
 */
export function decideEvaluationGate(gate: EvaluationGate, id: EvaluationMetricId, measured: Measured): GateResult {
  const { own, other, rows } = measured;
  const level = gate.confidence;
  const { title, scale, better } = describeMetric(id);
  const problem = problemOfGatedMetric({ ...gate, metric: id });
  if (problem || !better) return pending(problem ?? `${title} cannot be gated`);
  const counted = countAnswered(own, id, rows);
  const lack =
    findLack(gate, counted, measured) ??
    findRejected(counted, other && countAnswered(other, id, rows)) ??
    findRejected(countSteps(own, rows), other && countSteps(other, rows));
  if (lack) return pending(lack);
  const estimateOf = (of: TaskMetrics): Estimate | undefined => {
    const found = estimateRunMetric(of, { id, rows, level });
    const { units, failed } = countAnswered(of, id, rows);
    const answered = units - failed;
    return found && { ...found, base: `${formatCount(answered)} ${nameOfUnits(measured, answered)}` };
  };
  const [mine, theirs] = [estimateOf(own), other ? estimateOf(other) : null];
  if (!mine) return pending(lackOfMetric(own, id, rows));
  const { bound, margin, decisionBasis: judge } = gate;
  const difference = other && theirs ? differenceOf({ own, other, id, rows, level }, mine, theirs) : undefined;
  if (difference && difference.compared < minUnits(gate, measured)) {
    return pending(`insufficient data: ${formatCount(difference.compared)} rows have predictions of both versions`);
  }
  if (judge === "interval") {
    if (bound !== null && !mine.interval) return pending(`no interval of ${title} is known on these rows. ${byPoint}`);
    if (difference && !difference.estimate.interval) {
      return pending(`no interval of the difference of ${title} is known on these rows. ${byPoint}`);
    }
  }
  const rule = { metric: title, better, bound, margin, scale, judge, confidence: level };
  return evaluateEstimates(rule, { own: mine, other: theirs, difference: difference?.estimate });
}

/** Rows, or lists and machines, and how many of them the metric leaves out because they were not answered. */
function countAnswered({ pairing }: TaskMetrics, id: EvaluationMetricId, rows: Selected): Counted {
  const { columns, metrics } = pairing;
  const units = pairing.unitsOf(rows);
  const { name = null } = metrics[id] ?? {};
  // Accuracy, and what else is counted in a confusion matrix, takes a row without an answer as incorrect.
  const isCounted = name !== null && !["loss", "ratio", "rocAuc", "averagePrecision"].includes(name);
  return { units: units ? units.length : columns.answer.length, failed: isCounted ? 0 : countFailed(columns, units) };
}

/** Steps of series, and how many of them are left out of their series. */
function countSteps({ pairing }: TaskMetrics, rows: Selected): Counted {
  const { leftOut, unitsOf } = pairing;
  if (!leftOut) return { units: 0, failed: 0 };
  const units = unitsOf(rows) ?? leftOut.rows.map((_, unit) => unit);
  const sum = (counts: Uint32Array) => units.reduce((total, unit) => total + (counts[unit] ?? 0), 0);
  return { units: sum(leftOut.rows), failed: sum(leftOut.failed) };
}

const areGrouped = ({ own, set }: Measured) => own.pairing.columns.answer.length !== set.rows;
function nameOfUnits(measured: Measured, count: number): string {
  if (areGrouped(measured)) return count === 1 ? "list or series" : "lists or series";
  return count === 1 ? "row" : "rows";
}

/** A point estimate of few long series may be wanted; an interval of them says too little. */
function minUnits({ decisionBasis }: EvaluationGate, measured: Measured): number {
  return areGrouped(measured) && decisionBasis === "point" ? 1 : minSegmentRows;
}

function findLack(gate: EvaluationGate, { units, failed }: Counted, measured: Measured): string | undefined {
  const { own, set, rows } = measured;
  const selected = rows?.length ?? set.rows;
  const least = (count: number, of: string, needed: number) =>
    `insufficient data: ${formatCount(count)} ${of}, at least ${needed} are needed`;
  if (selected < minSegmentRows) return least(selected, "rows", minSegmentRows);
  const needed = minUnits(gate, measured);
  const answered = units - failed;
  if (units < needed) return least(units, nameOfUnits(measured, units), needed);
  if (answered < needed) return least(answered, `${nameOfUnits(measured, answered)} with a prediction`, needed);
  const { clusters } = own.pairing;
  if (!clusters || gate.decisionBasis === "point") return undefined;
  const chosen = own.pairing.unitsOf(rows);
  const entities = new Set(chosen ? Array.from(chosen, (unit) => clusters[unit]) : clusters).size;
  return entities < minClusters ? least(entities, "entities", minClusters) : undefined;
}

function findRejected({ units, failed }: Counted, champion: Counted | null): string | undefined {
  const sentence = `${formatCount(failed)} of ${formatCount(units)} have no prediction and are excluded from the metric`;
  if (failed > maxFailedShare * units) return `${sentence}; at most ${maxFailedShare * 100}% may be`;
  if (champion && failed > champion.failed) return `${sentence}; of the champion ${formatCount(champion.failed)} were`;
  return undefined;
}

function lackOfMetric(own: TaskMetrics, id: EvaluationMetricId, rows: Selected): string {
  const find = (of: Selected) => own.measure(of, false, id).find((one) => one.id === id);
  const isOfSet = rows !== null && typeof find(null)?.value === "number";
  const lack = `this version has no ${describeMetric(id).title} on the ${isOfSet ? "segment" : "set"}`;
  const note = isOfSet ? null : find(rows)?.note;
  return note ? `${lack}. ${note}` : lack;
}

interface Pair {
  own: TaskMetrics;
  other: TaskMetrics;
  id: EvaluationMetricId;
  rows: Selected;
  level: number;
}

/** Pairs the rows of both versions where the metric allows it. */
function differenceOf(
  { own, other, id, rows, level }: Pair,
  mine: Estimate,
  theirs: Estimate,
): { estimate: Estimate; compared: number } {
  const { base } = mine;
  const value = mine.value - theirs.value;
  const ofBoxes = compareBoxPrecision(own, other, { id, rows, level });
  if (ofBoxes) {
    const { difference, interval, rows: compared } = ofBoxes;
    const method = interval ? "paired bootstrap" : null;
    return { estimate: { value: difference ?? value, interval, method, base }, compared };
  }
  if (!comparedMetrics(own, other).includes(id)) {
    return { estimate: { value, interval: null, method: null, base }, compared: Number.POSITIVE_INFINITY };
  }
  const { result } = compareMetric(own, other, { id, rows, level });
  const { interval, method, rows: compared } = result;
  return { estimate: { value: result.difference ?? value, interval, method, base }, compared };
}
