import {
  type AnomalyCounts,
  type AnomalySeries,
  alarmCurve,
  anomalyMetrics,
  anomalyRanking,
  countAnomalies,
} from "#server/stats/evaluation/anomaly.ts";
import { ratioMetrics } from "#server/stats/evaluation/ratio-metrics.ts";
import { emptyColumns, failedAnswer, type RowColumns } from "#server/stats/evaluation/row-columns.ts";
import type { EvaluationMetric, EvaluationPanels, EvaluationTask } from "../contract.ts";
import type { RunRows } from "../runs/score-rows.ts";
import type { SetRows } from "../sets/set-rows.ts";
import { metricOf } from "./metric-catalogue.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import { runColumns } from "./run-columns.ts";
import type { Selected, TaskMetrics } from "./task-metrics.ts";
import { unitsOfSet } from "./units.ts";

type AnomalyTask = Extract<EvaluationTask, { kind: "anomaly" }>;

const rates = ["eventRecall", "eventPrecision", "falseAlarmsPer1000"] as const;

/** Measures alarms by event, and scores by step (docs/spec/evaluation.md section 7). Machines are independent of each other. */
export function anomalyTask(task: AnomalyTask, set: SetRows, run: RunRows): TaskMetrics {
  const { rows, clusters, unitsOf } = unitsOfSet(set);
  const { answer, score } = runColumns(run);
  const truth = set.columns.truth as Float64Array;
  const series = rows.map((list) => seriesOf(list, { answer, score, truth }));
  const counts = series.map((parts) => parts.map((part) => countAnomalies(part, task)));
  const columns = machineColumns(counts);
  const measure = (rows: Selected): EvaluationMetric[] => {
    const machines = unitsOf(rows);
    const isChosen = machines && new Set(machines);
    const chosen = series.filter((_, unit) => !isChosen || isChosen.has(unit));
    const { averagePrecision, rocAuc } = anomalyRanking(chosen.flat());
    return [
      ...rates.map((id) => ratioEstimate(id, columns, ratioMetrics[id], { rows: machines, clusters })),
      metricOf("averagePrecision", { value: averagePrecision }),
      metricOf("rocAuc", { value: rocAuc }),
    ];
  };
  return {
    measure,
    panels: () => panelsOf(counts.flat(), series.flat(), task),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: Object.fromEntries(rates.map((id) => [id, { name: "ratio" as const, ratio: ratioMetrics[id] }])),
      unitsOf,
      leftOut: {
        rows: Uint32Array.from(rows, ({ length }) => length),
        failed: Uint32Array.from(rows, (list) => {
          return list.filter((row) => answer[row] === failedAnswer && truth[row] === 0).length;
        }),
      },
    },
  };
}

/** Below every score in single precision. */
const lowestScore = -3.4e38;

/**
 * Returns a machine's steps as series without gaps. A step of an event that has no score is one without an alarm, so the event is missed there; any other one
 * ends a series, so no version gains by rejecting it.
 */
function seriesOf(
  list: Uint32Array,
  { answer, score, truth }: { answer: Uint16Array; score: Float32Array; truth: Float64Array },
): AnomalySeries[] {
  const parts: { truth: number[]; score: number[] }[] = [];
  let part: (typeof parts)[number] | undefined;
  for (const row of list) {
    const isFailed = answer[row] === failedAnswer;
    const actual = truth[row] as number;
    if (isFailed && actual === 0) {
      part = undefined;
      continue;
    }
    if (!part) {
      part = { truth: [], score: [] };
      parts.push(part);
    }
    part.truth.push(actual);
    part.score.push(isFailed ? lowestScore : (score[row] as number));
  }
  return parts;
}

/** @param counts of the series of each machine */
function machineColumns(counts: readonly (readonly AnomalyCounts[])[]): RowColumns {
  const names = ["foundEvents", "events", "trueAlarms", "alarms", "steps", "falseAlarms"];
  const columns = emptyColumns(counts.length, names);
  const parts = columns.parts as Record<string, Float32Array>;
  for (const [unit, found] of counts.entries()) {
    if (found.length === 0) continue;
    const sum = (of: (counts: AnomalyCounts) => number) => found.reduce((total, one) => total + of(one), 0);
    const values: Record<string, number> = {
      foundEvents: sum(({ foundEvents }) => foundEvents),
      events: sum(({ events }) => events),
      trueAlarms: sum(({ trueAlarmRuns }) => trueAlarmRuns),
      alarms: sum(({ alarmRuns }) => alarmRuns),
      steps: sum(({ steps }) => steps),
      falseAlarms: sum(({ alarmRuns, trueAlarmRuns }) => alarmRuns - trueAlarmRuns),
    };
    columns.answer[unit] = 0;
    columns.score[unit] = values.alarms ?? 0;
    columns.loss[unit] = (values.events ?? 0) - (values.foundEvents ?? 0);
    for (const name of names) (parts[name] as Float32Array)[unit] = values[name] ?? 0;
  }
  return columns;
}

/** Leads that are kept; of more, as many evenly over the sorted ones. */
const maxLeads = 1000;

function panelsOf(
  counts: readonly AnomalyCounts[],
  series: readonly AnomalySeries[],
  { before }: AnomalyTask,
): EvaluationPanels {
  const sum = (of: (counts: AnomalyCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
  const leads = counts.flatMap((one) => one.leads).sort((a, b) => a - b);
  const step = Math.max(1, (leads.length - 1) / (maxLeads - 1));
  return {
    kind: "anomaly",
    events: sum(({ events }) => events),
    detected: sum(({ foundEvents }) => foundEvents),
    alarms: sum(({ alarmRuns }) => alarmRuns),
    falseAlarms: sum(({ alarmRuns, trueAlarmRuns }) => alarmRuns - trueAlarmRuns),
    leads: Array.from({ length: Math.min(maxLeads, leads.length) }, (_, at) => leads[Math.round(at * step)] as number),
    pointAdjustedF1: anomalyMetrics(counts).pointAdjustedF1,
    curve: alarmCurve(series, before).filter(({ threshold }) => threshold > lowestScore),
  };
}
