import { tierCourse } from "#server/stats/burn-rate/tier-course.ts";
import { cappedFactor } from "#server/stats/burn-rate/tiers.ts";
import type { BurnTier, ReplayReport, SloDefinition } from "../../objectives/contract.ts";
import { courseOf } from "./budget-course.ts";
import { type CountedSlo, knownUntil, minuteOf, type SloEvents, sloEvents, widened } from "./events.ts";
import { remainingAt } from "./remaining.ts";
import { chartPoints, type ReplayOptions, replayReport } from "./replay-report.ts";

export type ReplayInput = CountedSlo & ReplayOptions;

/**
 * Replays the rules over the given counts, minute by minute (docs/spec/slo.md section 8). Each tier is evaluated from the first minute
 * with its complete long window on. The budget at the first alerts is that of the given part of the period.
 */
export function replayRules(input: ReplayInput): ReplayReport {
  return replayEvents(sloEvents(cutAt(input)), input);
}

/** Replays events that are already counted, up to the last known minute. */
export function replayEvents(
  events: SloEvents,
  { definition, now, ...options }: Pick<CountedSlo, "definition" | "now"> & ReplayOptions,
): ReplayReport {
  const { total } = events.traffic;
  let minutes = 0;
  for (let minute = 0; minute < events.traffic.length; minute += 1)
    if ((total[minute + 1] as number) > (total[minute] as number)) minutes += 1;
  return replayReport(
    {
      definition,
      minutes,
      start: events.start,
      length: events.sums.length,
      course: (tier) => courseOfTier(events, definition, tier),
      remaining: (at) => remainingAt(events, definition.period, at).remaining,
      chart: courseOf(events, { definition, now }, chartPoints),
    },
    options,
  );
}

/** Removes minutes that are incomplete or not known yet because they would look like minutes without traffic. */
function cutAt({ counts, definition, now, ...input }: CountedSlo): CountedSlo {
  const end = minuteOf(counts, knownUntil(definition, now));
  const cut = { ...counts, good: counts.good.subarray(0, end), total: counts.total.subarray(0, end) };
  return { ...input, definition, now, counts: cut };
}

function courseOfTier(events: SloEvents, { rules }: SloDefinition, tier: BurnTier): Uint8Array {
  const factor = cappedFactor(tier.factor, events.budget, rules.cap);
  const { sums, budget, minMinutes, dispersionAt } = events;
  return tierCourse(sums, { ...widened(tier, minMinutes), factor }, budget, rules.gate, dispersionAt);
}
