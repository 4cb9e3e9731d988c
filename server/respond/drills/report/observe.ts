import { minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import { isImprobable } from "#server/stats/burn-rate/gate.ts";
import { budgetRatio } from "#server/stats/burn-rate/minute-sums.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { sumOf } from "#server/watch/slo/spending/sum-of.ts";
import { limits } from "../contract.ts";

/** An objective with the counts of its complete minutes around a game day. */
export interface ObservedObjective {
  name: string;
  /** Address of its page. */
  href: string;
  endpoint: string;
  target: number;
  counts: MinuteCounts;
}

/** Bad events that a service on target has so often in a minute are chance: one failure of a quiet minute is no effect of a fault. */
const maxChance = 0.01;
/** The same for other endpoints, of which many minutes are read: as the usual gate of SLO rules. */
const maxChanceElsewhere = 0.001;
const steadyMinutes = limits.steadySeconds / 60;

/** Whether an SLI was worse than its target in a span, more clearly than by chance. */
function isWorse({ counts, target }: ObservedObjective, span: Span, chance = maxChance): boolean {
  return isImprobable(sumOf(counts, span), budgetRatio(target), chance);
}

/** Whether an SLI was within its target in the five complete minutes before a moment, in milliseconds since 1970; without traffic it was. */
export function wasSteadyAt(objective: ObservedObjective, at: number): boolean {
  const to = floorMinute(at);
  return !isWorse(objective, { from: to - limits.steadySeconds * 1000, to });
}

/** The first minute in which an SLI was worse than its target. */
export interface Detection {
  objective: ObservedObjective;
  /** When it was visible: the end of the minute, in milliseconds since 1970. */
  at: number;
}

/** Finds the first complete minute in which one of the SLIs was worse than its target; null where none was. */
export function firstWorse(objectives: readonly ObservedObjective[], span: Span): Detection | null {
  for (const minute of minutesOf(objectives, { from: floorMinute(span.from), to: span.to })) {
    const objective = objectives.find((each) => isWorse(each, minute));
    if (objective) return { objective, at: minute.to };
  }
  return null;
}

/**
 * Finds the first five minutes in a row, completely within a span, in which all SLIs were within their targets. One of these minutes had
 * traffic: without any, nothing shows that an endpoint is well.
 */
export function firstSteady(objectives: readonly ObservedObjective[], { from, to }: Span): Span | null {
  let steady: Span[] = [];
  for (const minute of minutesOf(objectives, { from: Math.ceil(from / minuteMs) * minuteMs, to })) {
    if (minute.to > to) return null;
    steady = objectives.some((each) => isWorse(each, minute)) ? [] : [...steady, minute].slice(-steadyMinutes);
    const [first] = steady;
    if (!first || steady.length < steadyMinutes) continue;
    const run = { from: first.from, to: minute.to };
    if (objectives.some(({ counts }) => sumOf(counts, run).total > 0)) return run;
  }
  return null;
}

/** Returns the objectives whose SLI was worse than the target in any five minutes that end within a span. */
export function lostTarget(objectives: readonly ObservedObjective[], { from, to }: Span): ObservedObjective[] {
  return objectives.filter((objective) => {
    const minutes = minutesOf([objective], { from: floorMinute(from), to });
    // Minutes before the start say nothing about the fault.
    return minutes.some((minute) => {
      const start = Math.max(floorMinute(from), minute.to - limits.steadySeconds * 1000);
      return isWorse(objective, { from: start, to: minute.to }, maxChanceElsewhere);
    });
  });
}

/** Lists the counted minutes that start within a span. */
function minutesOf(objectives: readonly ObservedObjective[], { from, to }: Span): Span[] {
  const ends = objectives.map(({ counts }) => counts.start + counts.total.length * minuteMs);
  const end = Math.min(to, Math.max(from, ...ends));
  const minutes: Span[] = [];
  for (let at = from; at < end; at += minuteMs) minutes.push({ from: at, to: at + minuteMs });
  return minutes;
}

function floorMinute(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}
