import { ArgumentError, requireFinite, requireSameLength } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { wilsonInterval } from "../proportion.ts";
import { rankedInfluence } from "./ranked-influence.ts";

/** One series of steps. */
export interface AnomalySeries {
  /** 1 for steps of an event, else 0. Consecutive ones are one event. */
  truth: ArrayLike<number>;
  /** Higher is more anomalous. */
  score: ArrayLike<number>;
}

/** When a step is an alarm, and how long before an event it may come. */
export interface AlarmRule {
  /** A step is an alarm from this score on. */
  threshold: number;
  /** Steps before the start of an event in which an alarm belongs to it. */
  before: number;
}

/** Precision, recall and F1; null where a denominator is 0. */
interface AlarmShares {
  precision: number | null;
  recall: number | null;
  f1: number | null;
}

/** Counts of one series; those of several machines are added. */
export interface AnomalyCounts {
  steps: number;
  /** Steps of alarms, those within events, and steps of events. */
  alarmSteps: number;
  hitSteps: number;
  eventSteps: number;
  /** Alarm steps that belong to an event. */
  alarmStepsInWindows: number;
  /** Steps of events that have at least one alarm within, for point adjustment. */
  adjustedSteps: number;
  /** Runs of alarms, and those that belong to an event. */
  alarmRuns: number;
  trueAlarmRuns: number;
  events: number;
  foundEvents: number;
  /** By found event: its start less its first alarm, in steps. */
  leads: number[];
}

/** Metrics of anomaly detection; null where undefined. */
export interface AnomalyMetrics {
  point: AlarmShares;
  /** With Wilson's intervals of runs of alarms and of events. */
  event: AlarmShares & {
    precisionInterval: Band | null;
    recallInterval: Band | null;
    alarmRuns: number;
    events: number;
  };
  /** Share of alarm steps that belong to an event. */
  alarmPrecision: number | null;
  /** In steps; negative is late. */
  lead: { median: number | null; min: number | null; max: number | null };
  falseAlarmsPer1000: number | null;
  /** Counts a whole event as found by one step. It flatters, and is shown only with that reason. */
  pointAdjustedF1: number | null;
}

/**
 * Counts alarms and events of one series. An alarm belongs to an event from `before` steps before its start until its end; a run of alarms
 * belongs to it with one step (docs/spec/evaluation.md section 7.2).
 * @throws ArgumentError for truths other than 0 and 1, scores that are not finite, or a number of steps before that is no whole number
 */
export function countAnomalies({ truth, score }: AnomalySeries, { threshold, before }: AlarmRule): AnomalyCounts {
  requireSameLength(truth, score, "Steps and scores");
  requireFinite(score, "Scores");
  if (Number.isNaN(threshold)) throw new ArgumentError("A threshold must be a number.");
  if (!(Number.isInteger(before) && before >= 0)) {
    throw new ArgumentError("The number of steps before an event must be a whole number.");
  }
  const steps = truth.length;
  const isAlarm = Uint8Array.from({ length: steps }, (_, at) => ((score[at] as number) >= threshold ? 1 : 0));
  const counts: AnomalyCounts = {
    steps,
    alarmSteps: 0,
    hitSteps: 0,
    eventSteps: 0,
    alarmStepsInWindows: 0,
    adjustedSteps: 0,
    alarmRuns: 0,
    trueAlarmRuns: 0,
    events: 0,
    foundEvents: 0,
    leads: [],
  };
  // Number of alarms before each step, so that a window is two look-ups.
  const alarmsBefore = new Uint32Array(steps + 1);
  for (let at = 0; at < steps; at += 1) {
    const isEvent = truth[at] as number;
    if (isEvent !== 0 && isEvent !== 1) throw new ArgumentError("Steps must be marked 1 in an event and 0 outside.");
    const alarm = isAlarm[at] as number;
    alarmsBefore[at + 1] = (alarmsBefore[at] as number) + alarm;
    counts.alarmSteps += alarm;
    counts.eventSteps += isEvent;
    counts.hitSteps += alarm * isEvent;
  }
  const inWindow = new Uint8Array(steps);
  for (const [start, end] of runsOf(truth)) {
    counts.events += 1;
    const from = Math.max(0, start - before);
    inWindow.fill(1, from, end);
    if ((alarmsBefore[end] as number) > (alarmsBefore[start] as number)) counts.adjustedSteps += end - start;
    if ((alarmsBefore[end] as number) === (alarmsBefore[from] as number)) continue;
    counts.foundEvents += 1;
    counts.leads.push(start - isAlarm.indexOf(1, from));
  }
  for (let at = 0; at < steps; at += 1)
    counts.alarmStepsInWindows += (isAlarm[at] as number) * (inWindow[at] as number);
  for (const [start, end] of runsOf(isAlarm)) {
    counts.alarmRuns += 1;
    const first = inWindow.indexOf(1, start);
    if (first >= 0 && first < end) counts.trueAlarmRuns += 1;
  }
  return counts;
}

/** Lists runs of 1: start, and the step after the end. */
function runsOf(marks: ArrayLike<number>): [number, number][] {
  const runs: [number, number][] = [];
  for (let at = 0; at < marks.length; at += 1) {
    if (marks[at] !== 1) continue;
    const start = at;
    while (at < marks.length && marks[at] === 1) at += 1;
    runs.push([start, at]);
  }
  return runs;
}

/** Computes the metrics of the added counts of machines (docs/spec/evaluation.md sections 7.1 and 7.2). */
export function anomalyMetrics(machines: readonly AnomalyCounts[]): AnomalyMetrics {
  const sum = (of: (counts: AnomalyCounts) => number) => machines.reduce((total, counts) => total + of(counts), 0);
  const steps = sum((counts) => counts.steps);
  const alarmSteps = sum((counts) => counts.alarmSteps);
  const eventSteps = sum((counts) => counts.eventSteps);
  const [alarmRuns, trueRuns] = [sum((counts) => counts.alarmRuns), sum((counts) => counts.trueAlarmRuns)];
  const [events, found] = [sum((counts) => counts.events), sum((counts) => counts.foundEvents)];
  const hits = sum((counts) => counts.hitSteps);
  const adjusted = sum((counts) => counts.adjustedSteps);
  const leads = machines.flatMap((counts) => counts.leads).sort((a, b) => a - b);
  const middle = leads.length / 2;
  const median =
    leads.length === 0 ? null : ((leads[Math.ceil(middle) - 1] as number) + (leads[Math.floor(middle)] as number)) / 2;
  return {
    point: sharesOf(share(hits, alarmSteps), share(hits, eventSteps)),
    event: {
      ...sharesOf(share(trueRuns, alarmRuns), share(found, events)),
      precisionInterval: alarmRuns > 0 ? wilsonInterval({ share: trueRuns / alarmRuns, count: alarmRuns }) : null,
      recallInterval: events > 0 ? wilsonInterval({ share: found / events, count: events }) : null,
      alarmRuns,
      events,
    },
    alarmPrecision: share(
      sum((counts) => counts.alarmStepsInWindows),
      alarmSteps,
    ),
    lead: { median, min: leads[0] ?? null, max: leads.at(-1) ?? null },
    falseAlarmsPer1000: share(1000 * (alarmRuns - trueRuns), steps),
    pointAdjustedF1: sharesOf(share(adjusted, adjusted + alarmSteps - hits), share(adjusted, eventSteps)).f1,
  };
}

function share(part: number, of: number): number | null {
  return of > 0 ? part / of : null;
}

function sharesOf(precision: number | null, recall: number | null): AlarmShares {
  const f1 =
    precision === null || recall === null
      ? null
      : precision + recall > 0
        ? (2 * precision * recall) / (precision + recall)
        : 0;
  return { precision, recall, f1 };
}

/** Average precision and area under the ROC curve of steps; null where undefined. */
export interface AnomalyRanking {
  averagePrecision: number | null;
  rocAuc: number | null;
}

/** Computes how well scores rank the steps of events above others, steps of one score as one. @throws ArgumentError as countAnomalies */
export function anomalyRanking(machines: readonly AnomalySeries[]): AnomalyRanking {
  const scores: number[] = [];
  const truths: number[] = [];
  for (const { truth, score } of machines) {
    requireSameLength(truth, score, "Steps and scores");
    for (let at = 0; at < truth.length; at += 1) {
      truths.push(truth[at] as number);
      scores.push(score[at] as number);
    }
  }
  const { averagePrecision, rocAuc } = rankedInfluence(scores, truths);
  return { averagePrecision, rocAuc };
}

/** A threshold with its effect on all machines. */
export interface AlarmCurvePoint {
  threshold: number;
  eventRecall: number | null;
  eventPrecision: number | null;
  falseAlarmsPer1000: number | null;
  medianLead: number | null;
}

/**
 * Computes recall of events against false alarms over thresholds at quantiles of the scores, the highest first. The threshold is chosen on
 * another set than the one that it is evaluated on (docs/spec/evaluation.md section 7.3).
 * @param points greatest number of thresholds @throws ArgumentError as countAnomalies
 */
export function alarmCurve(machines: readonly AnomalySeries[], before: number, points = 50): AlarmCurvePoint[] {
  if (!(Number.isInteger(points) && points >= 2 && points <= 1_000)) {
    throw new ArgumentError("The number of points must be a whole number from 2 to 1,000.");
  }
  for (const { score } of machines) requireFinite(score, "Scores");
  const sorted = Float64Array.from(new Set(machines.flatMap(({ score }) => Array.from(score))))
    .sort()
    .reverse();
  const chosen = new Set<number>();
  const count = Math.min(points, sorted.length);
  for (let point = 0; point < count; point += 1) {
    chosen.add(sorted[Math.round((point / Math.max(1, count - 1)) * (sorted.length - 1))] as number);
  }
  return [...chosen].map((threshold) => {
    const metrics = anomalyMetrics(machines.map((series) => countAnomalies(series, { threshold, before })));
    return {
      threshold,
      eventRecall: metrics.event.recall,
      eventPrecision: metrics.event.precision,
      falseAlarmsPer1000: metrics.falseAlarmsPer1000,
      medianLead: metrics.lead.median,
    };
  });
}
