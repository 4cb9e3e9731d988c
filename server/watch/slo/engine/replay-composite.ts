import { minuteMs } from "#server/base/durations.ts";
import { combinedBurn } from "#server/stats/burn-rate/composite.ts";
import { chanceOfBad } from "#server/stats/burn-rate/gate.ts";
import { burnRate, countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import { cappedFactor } from "#server/stats/burn-rate/tiers.ts";
import type { BurnTier, ReplayReport, SloDefinition } from "../../objectives/contract.ts";
import { type CompositePart, knownParts, type WeightedPart } from "./combine.ts";
import { combinedSlices } from "./combined-slices.ts";
import { knownUntil, minuteOf, type SloEvents, sloEvents, widened } from "./events.ts";
import { remainingAt, withoutResidue } from "./remaining.ts";
import { chartPoints, type ReplayOptions, replayReport } from "./replay-report.ts";
import { replayEvents } from "./replay-rules.ts";

interface CompositeReplay extends ReplayOptions {
  definition: SloDefinition;
  /** Counted from as much before `from` as their labels need. */
  parts: readonly CompositePart[];
  /** The first moment of the replay and the moment of looking, in milliseconds since 1970. */
  from: number;
  now: number;
}

/** A part with its own budget, and which of its minutes is the first of the replay. */
interface Part extends WeightedPart {
  events: SloEvents;
  offset: number;
}

/**
 * Replays the rules of a composite minute by minute, each read as by combine() (docs/spec/slo.md sections 8 and 9).
 * @throws DomainError "invalid" when components differ in period or budgeting, or one is missing
 */
export function replayComposite({ definition, parts, from, now, ...options }: CompositeReplay): ReplayReport {
  const known = knownParts(definition, parts);
  const { budgeting, composite } = definition;
  if (composite?.mode === "openslo" && budgeting.method !== "occurrences") {
    const { start, good, total } = combinedSlices(known, budgeting.method);
    const end = minuteOf({ start }, now);
    const counts = { start, good: good.subarray(0, end), total: total.subarray(0, end) };
    return replayEvents(sloEvents({ counts, definition, adjustments: [] }), { definition, now, ...options });
  }
  const length = Math.max(0, Math.floor((now - from) / minuteMs));
  const all = known.map((part) => {
    const events = sloEvents(part);
    return { ...part, events, offset: minuteOf(events, knownUntil(part.definition, from)) };
  });
  return replayReport(
    {
      definition,
      start: from,
      length,
      minutes: busyMinutes(all, length),
      course: (tier) => courseOfTier(all, definition, tier, length),
      remaining: (at) => remainingOf(all, definition, at),
      chart: chartOf(all, definition, { from, length }),
    },
    options,
  );
}

function busyMinutes(parts: readonly Part[], length: number): number {
  let minutes = 0;
  for (let at = 0; at < length; at += 1) {
    const isBusy = parts.some(
      ({ events: { traffic }, offset }) => countBetween(traffic, at + offset, at + offset + 1).total > 0,
    );
    if (isBusy) minutes += 1;
  }
  return minutes;
}

/**
 * Evaluates a tier as combinedTier() does for minutes t−w to t−1; minutes without a complete long window are left out, as for single SLOs.
 */
function courseOfTier(parts: readonly Part[], { composite, rules }: SloDefinition, tier: BurnTier, length: number) {
  const mode = composite?.mode ?? "worst";
  const fires = new Uint8Array(length + 1);
  const wide = parts.map(({ events, weight, offset }) => {
    const { longMinutes, shortMinutes } = widened(tier, events.minMinutes);
    return { events, weight, offset, longMinutes, shortMinutes: shortMinutes ?? longMinutes };
  });
  const factor = Math.min(...parts.map(({ events }) => cappedFactor(tier.factor, events.budget, rules.cap)));
  const countBytes = ({ events, offset }: (typeof wide)[number], at: number, minutes: number) =>
    countBetween(events.sums, at + offset - minutes, at + offset);
  const burn = (at: number, which: "longMinutes" | "shortMinutes") =>
    combinedBurn(
      mode,
      wide.map((part) => ({
        weight: part.weight,
        value: burnRate(countBytes(part, at, part[which]), part.events.budget),
      })),
    ) ?? 0;
  const isMoreThanChance = (at: number, gate: number) => {
    const chances = wide.map((part) => {
      const count = countBytes(part, at, part.longMinutes);
      const { budget, dispersionAt } = part.events;
      return count.total === 0 ? 1 : chanceOfBad(count, budget, dispersionAt(at + part.offset));
    });
    return wide.length * Math.min(...chances) < gate;
  };
  for (let at = Math.max(...wide.map(({ longMinutes }) => longMinutes)); at <= length; at += 1) {
    if (burn(at, "longMinutes") <= factor || burn(at, "shortMinutes") <= factor) continue;
    if (rules.gate === null || isMoreThanChance(at, rules.gate)) fires[at] = 1;
  }
  return fires;
}

/** Combines consumed budgets like burn rates because all components have the same period. */
function remainingOf(parts: readonly Part[], { composite, period }: SloDefinition, at: number): number | null {
  const consumed = combinedBurn(
    composite?.mode ?? "worst",
    parts.map(({ events, weight, definition }) => {
      const { remaining } = remainingAt(events, period, knownUntil(definition, at));
      return { weight, value: remaining === null ? null : 1 - remaining };
    }),
  );
  return consumed === null ? null : withoutResidue(1 - consumed);
}

/** Charts the bad share of all events of the components, by their method. */
function chartOf(
  parts: readonly Part[],
  definition: SloDefinition,
  { from, length }: { from: number; length: number },
) {
  const step = Math.max(1, Math.ceil(length / chartPoints));
  const points: ReplayReport["chart"] = [];
  for (let minute = length - step * Math.floor((length - 1) / step); minute <= length && length > 0; minute += step) {
    const at = from + minute * minuteMs;
    let [bad, total] = [0, 0];
    for (const { events, offset } of parts) {
      const count = countBetween(events.sums, offset + Math.max(0, minute - step), offset + minute);
      bad += count.bad;
      total += count.total;
    }
    points.push({ at, remaining: remainingOf(parts, definition, at), errorRate: total > 0 ? bad / total : null });
  }
  return points;
}
