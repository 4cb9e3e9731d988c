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
  const series = rows.map((list): AnomalySeries | null => {
    // A step without a score breaks its series.
    if (list.some((row) => answer[row] === failedAnswer)) return null;
    return {
      truth: Uint8Array.from(list, (row) => truth[row] as number),
      score: Float32Array.from(list, (row) => score[row] as number),
    };
  });
  const counts = series.map((one) => (one ? countAnomalies(one, task) : null));
  const columns = machineColumns(counts);
  const measure = (rows: Selected): EvaluationMetric[] => {
    const machines = unitsOf(rows);
    const isChosen = machines && new Set(machines);
    const chosen = series.filter(
      (one, unit): one is AnomalySeries => one !== null && (!isChosen || isChosen.has(unit)),
    );
    const { averagePrecision, rocAuc } = anomalyRanking(chosen);
    return [
      ...rates.map((id) => ratioEstimate(id, columns, ratioMetrics[id], { rows: machines, clusters })),
      metricOf("averagePrecision", { value: averagePrecision }),
      metricOf("rocAuc", { value: rocAuc }),
    ];
  };
  return {
    measure,
    panels: () => panelsOf(counts, series, task),
    pairing: {
      columns,
      truth: null,
      classes: 0,
      clusters,
      metrics: Object.fromEntries(rates.map((id) => [id, { name: "ratio" as const, ratio: ratioMetrics[id] }])),
      unitsOf,
    },
  };
}

function machineColumns(counts: readonly (AnomalyCounts | null)[]): RowColumns {
  const names = ["foundEvents", "events", "trueAlarms", "alarms", "steps", "falseAlarms"];
  const columns = emptyColumns(counts.length, names);
  const parts = columns.parts as Record<string, Float32Array>;
  for (const [unit, found] of counts.entries()) {
    if (!found) continue;
    const values: Record<string, number> = {
      foundEvents: found.foundEvents,
      events: found.events,
      trueAlarms: found.trueAlarmRuns,
      alarms: found.alarmRuns,
      steps: found.steps,
      falseAlarms: found.alarmRuns - found.trueAlarmRuns,
    };
    columns.answer[unit] = 0;
    columns.score[unit] = found.alarmRuns;
    columns.loss[unit] = found.events - found.foundEvents;
    for (const name of names) (parts[name] as Float32Array)[unit] = values[name] ?? 0;
  }
  return columns;
}

function panelsOf(
  counts: readonly (AnomalyCounts | null)[],
  series: readonly (AnomalySeries | null)[],
  { before }: AnomalyTask,
): EvaluationPanels {
  const known = counts.filter((one) => one !== null);
  const sum = (of: (counts: AnomalyCounts) => number) => known.reduce((total, one) => total + of(one), 0);
  return {
    kind: "anomaly",
    events: sum(({ events }) => events),
    detected: sum(({ foundEvents }) => foundEvents),
    alarms: sum(({ alarmRuns }) => alarmRuns),
    falseAlarms: sum(({ alarmRuns, trueAlarmRuns }) => alarmRuns - trueAlarmRuns),
    leads: known.flatMap(({ leads }) => leads).sort((a, b) => a - b),
    pointAdjustedF1: anomalyMetrics(known).pointAdjustedF1,
    curve: alarmCurve(
      series.filter((one) => one !== null),
      before,
    ),
  };
}
