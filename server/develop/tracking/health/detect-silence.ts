import { dayMs, minuteMs } from "#server/base/durations.ts";
import type { LatestMetric } from "../metrics/contract.ts";
import type { RunStatus } from "../runs/contract.ts";
import type { Course, Detected } from "./detected.ts";
import type { Thresholds } from "./thresholds.ts";

const pauses = 3;
const maxMs = dayMs;

/** Returns the maximum time without writes of a run: `silentAfterMs`, or three times its longest pause so far, but at most a day. */
export function silenceLimitMs(courses: readonly Course[], thresholds: Thresholds): number {
  let longest = 0;
  for (const { points } of courses) {
    const times = points.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b);
    for (let index = 1; index < times.length; index++)
      longest = Math.max(longest, (times[index] ?? 0) - (times[index - 1] ?? 0));
  }
  return Math.max(thresholds.silentAfterMs, Math.min(maxMs, pauses * longest));
}

/** Detects a running run without updates for longer than the limit: its process has probably died. */
export function detectSilence(
  run: { status: RunStatus; updatedAt: number },
  limitMs: number,
  now: number,
): Detected | undefined {
  if (run.status !== "RUNNING" || now - run.updatedAt < limitMs) return undefined;
  const metric = { metric: null, step: null, value: null };
  return {
    kind: "silent",
    ...metric,
    since: run.updatedAt,
    words: `No data was logged for ${duration(limitMs)} or longer, and the run was never ended.`,
  };
}

/**
 * Detects a running run whose machine still reports while its training does not: the newest metric of the machine ("system/…") is later
 * than the newest of the model by more than the limit. Both times are from the clock of the run.
 */
export function detectStalled(
  run: { status: RunStatus; metrics: readonly LatestMetric[] },
  limitMs: number,
): Detected | undefined {
  if (run.status !== "RUNNING") return undefined;
  const ofMachine = run.metrics.filter(({ key }) => key.startsWith("system/"));
  const ofModel = run.metrics.filter(({ key }) => !key.startsWith("system/"));
  const [first, ...rest] = ofModel;
  if (!first || ofMachine.length === 0) return undefined;
  const newest = rest.reduce((latest, metric) => (metric.timestamp > latest.timestamp ? metric : latest), first);
  const behindMs = Math.max(...ofMachine.map(({ timestamp }) => timestamp)) - newest.timestamp;
  if (behindMs < limitMs) return undefined;
  return {
    kind: "stalled",
    metric: newest.key,
    step: newest.step,
    value: newest.value === "NaN" ? null : newest.value,
    since: newest.timestamp,
    words: `System metrics still arrive, but no training metrics were logged for ${duration(limitMs)} or longer.`,
  };
}

function duration(ms: number): string {
  const minutes = Math.round(ms / minuteMs);
  return minutes < 120 ? `${minutes}\u00a0min` : `${Math.round(minutes / 60)}\u00a0h`;
}
