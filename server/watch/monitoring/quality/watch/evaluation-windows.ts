import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { alphaOf } from "#server/stats/drift/multiplicity.ts";
import { z95 } from "#server/stats/estimation/cell-metrics.ts";
import { normalQuantile } from "#server/stats/normal.ts";
import type { MonitorSettings } from "../../contract.ts";
import { lengthMs, windowsPerWeek } from "../../drift/evaluate/budget.ts";
import type { Measured } from "../contract.ts";
import { isByMinutes } from "../counts/minutes.ts";

/** Time range of predictions that is evaluated against the objective. Milliseconds since 1970. */
export interface EvaluationWindow {
  from: number;
  to: number;
  /** Standard deviations on either side that its interval must have: more for windows of which there are many. */
  deviations: number;
  /** As a part of a sentence: "five minutes". */
  words: string;
}

const windowLabels = { "five-minutes": "five minutes", hour: "one hour" } as const;

/**
 * Returns the ranges to evaluate, shortest first: the last window of each length below a day that is configured for the endpoint, and the
 * day up to now, over which short windows with few predictions accumulate. All windows of four weeks together raise at most one false
 * alarm, as set for the endpoint (docs/spec/drift.md section 7); the day is evaluated by its 95% interval.
 * @param edge predictions up to then can be evaluated
 */
export function evaluationWindows(
  edge: number,
  settings: Pick<MonitorSettings, "lengths" | "weeksPerFalseAlarm" | "isStrict">,
): EvaluationWindow[] {
  const short = (["five-minutes", "hour"] as const).filter((length) => settings.lengths.includes(length));
  const { weeksPerFalseAlarm: weeks, isStrict } = settings;
  const windows = short.map((length) => {
    const to = Math.floor(edge / lengthMs[length]) * lengthMs[length];
    const of = { weeks, windowsPerWeek: windowsPerWeek[length], tests: 1, share: 1 / short.length, isStrict };
    return {
      from: to - lengthMs[length],
      to,
      deviations: normalQuantile(1 - alphaOf(of)),
      words: windowLabels[length],
    };
  });
  const grain = isByMinutes(settings) ? minuteMs : hourMs;
  const to = Math.floor(edge / grain) * grain;
  return [...windows, { from: to - dayMs, to, deviations: z95, words: "the last day" }];
}

/** Stretches the 95% interval of a metric to the given number of standard deviations; null without an interval. */
export function stretched(measured: Measured | null, deviations: number): Measured | null {
  if (!measured || measured.low === null || measured.high === null) return deviations === z95 ? measured : null;
  const { value, low, high } = measured;
  const factor = deviations / z95;
  return { ...measured, low: value - (value - low) * factor, high: value + (high - value) * factor };
}
