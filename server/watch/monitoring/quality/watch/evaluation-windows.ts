import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { alphaOf } from "#server/stats/drift/multiplicity.ts";
import { z95 } from "#server/stats/estimation/cell-metrics.ts";
import { normalQuantile } from "#server/stats/normal.ts";
import type { MonitorSettings } from "../../contract.ts";
import { lengthMs, windowsPerWeek } from "../../drift/evaluate/budget.ts";
import type { Measured } from "../contract.ts";
import { isByMinutes } from "../counts/minutes.ts";

/** A span of answers that is held against what is promised. Milliseconds since 1970. */
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
 * The spans that are judged, the shortest first: the last window of each length below a day that the endpoint is watched by, and the day up to
 * now, which short ones with few answers add up to. All windows of four weeks together give at most one false alarm, as the endpoint's settings
 * promise it (docs/spec/drift.md section 7); the day is judged by its interval of 95%.
 * @param edge what was answered until then can be judged
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

/** A metric whose interval of 95% is stretched to so many standard deviations; null without an interval. */
export function stretched(measured: Measured | null, deviations: number): Measured | null {
  if (!measured || measured.low === null || measured.high === null) return deviations === z95 ? measured : null;
  const { value, low, high } = measured;
  const factor = deviations / z95;
  return { ...measured, low: value - (value - low) * factor, high: value + (high - value) * factor };
}
