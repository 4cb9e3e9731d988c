import { minuteMs } from "#server/base/durations.ts";
import { shareAt } from "#server/serve/faults/active-fault.ts";
import { isAbove } from "#server/stats/burn-rate/minute-sums.ts";
import type { BurnTier, SloDefinition, TierReading } from "#server/watch/objectives/contract.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { type Adjustment, sloEvents } from "#server/watch/slo/engine/events.ts";
import { budgetOf } from "#server/watch/slo/engine/read-budget.ts";
import { tiersOf } from "#server/watch/slo/engine/read-tiers.ts";
import type { Replay } from "../contract.ts";

/** Minutes after the fault in which a rule may still page: its windows look back. */
const afterMinutes = 60;

/** An objective and a fault that makes some of its events bad. */
export interface SimulatedFault {
  definition: SloDefinition;
  adjustments: readonly Adjustment[];
  /** Counts of the objective up to the start of the fault, at least of the longest window of its pages. */
  history: MinuteCounts;
  /** Its usual events a minute at this hour, and how many of them are bad without the fault. */
  usual: { total: number; bad: number };
  minutes: number;
  /** Share of the requests that the fault affects once it has risen, 0 to 1. */
  share: number;
  /** Share of the affected events that become bad, 0 to 1. */
  badShare: number;
}

type Simulated = Omit<Replay["objectives"][number], "sloId" | "name">;

/**
 * Simulates a fault from the end of the history on, with the rules that evaluate the SLO: what share of the budget it uses, and when a rule
 * would page. Burn rates are exact at full minutes and linear between them, as they are for steady traffic.
 */
export function simulateBurn(fault: SimulatedFault): Simulated {
  const { definition, adjustments, history, minutes } = fault;
  const from = history.start + history.total.length * minuteMs;
  const events = sloEvents({ counts: continued(history, fault), definition, adjustments });
  const unharmed = sloEvents({ counts: continued(history, { ...fault, badShare: 0 }), definition, adjustments });
  const end = from + minutes * minuteMs;
  const left = budgetOf(unharmed, definition, end).remaining;
  const leftAfter = budgetOf(events, definition, end).remaining;
  const paging = definition.rules.tiers.filter(({ severity }) => severity === "page");
  const pages = { ...definition, rules: { ...definition.rules, tiers: paging } };
  const readings = Array.from({ length: minutes + afterMinutes + 1 }, (_, minute) =>
    tiersOf(events, pages, from + minute * minuteMs),
  );
  const page = firstPage(readings);
  const tier = page?.tier ?? paging.toSorted((one, other) => one.longMinutes - other.longMinutes)[0];
  const shown = tier ? paging.indexOf(tier) : -1;
  return {
    budgetUse: left === null || leftAfter === null ? 0 : Math.max(0, left - leftAfter),
    pageAfterSeconds: page?.seconds ?? null,
    points: readings.flatMap((tiers, minute) => {
      const tier = tiers[shown];
      return tier ? [{ seconds: minute * 60, short: tier.short ?? tier.long ?? 0, long: tier.long ?? 0 }] : [];
    }),
    pagesAbove: readings[0]?.[shown]?.factor ?? 0,
  };
}

/** Returns the share of requests that a fault affects in each of its minutes: it rises in steps. */
export function sharesOf({ share, minutes }: Pick<SimulatedFault, "share" | "minutes">): number[] {
  return Array.from({ length: minutes }, (_, minute) => shareAt({ share, startedAt: 0 }, minute * minuteMs));
}

function continued(history: MinuteCounts, fault: SimulatedFault): MinuteCounts {
  const { usual, badShare, minutes } = fault;
  const shares = sharesOf(fault);
  const length = history.total.length + minutes + afterMinutes;
  const [good, total] = [new Float64Array(length), new Float64Array(length)];
  good.set(history.good);
  total.set(history.total);
  for (let minute = 0; minute < minutes + afterMinutes; minute += 1) {
    const usuallyGood = Math.max(0, usual.total - usual.bad);
    total[history.total.length + minute] = usual.total;
    good[history.total.length + minute] = usuallyGood * (1 - (shares[minute] ?? 0) * badShare);
  }
  return { start: history.start, good, total };
}

/** Finds the first full minute at which a rule fires that did not before, and when within the minute before it both rates crossed its factor. */
function firstPage(readings: readonly TierReading[][]): { tier: BurnTier; seconds: number } | null {
  const isFiring = (minute: number) => readings[minute]?.some((reading) => reading.isFiring) ?? false;
  if (isFiring(0)) return null;
  const minute = readings.findIndex((_, at) => isFiring(at));
  if (minute < 0) return null;
  const fired = (readings[minute] ?? []).flatMap((reading, at) => {
    const before = readings[minute - 1]?.[at];
    return reading.isFiring && before
      ? [{ tier: reading.tier, seconds: 60 * (minute - 1 + crossing(before, reading)) }]
      : [];
  });
  return fired.toSorted((one, other) => one.seconds - other.seconds)[0] ?? null;
}

/** Returns the part of a minute after which both burn rates were above the factor; all of it where something else decided. */
function crossing(before: TierReading, after: TierReading): number {
  if (after.tier.forMinutes > 0 || !before.passesGate) return 1;
  const part = (from: number | null, to: number | null) => {
    if (to === null || isAbove(from, after.factor)) return 0;
    return (after.factor - (from ?? 0)) / (to - (from ?? 0));
  };
  const parts = [part(before.long, after.long), part(before.short, after.short)];
  const last = Math.max(...parts);
  return last > 0 ? Math.min(1, last) : 1;
}
