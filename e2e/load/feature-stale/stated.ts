import { minuteMs } from "#server/base/durations.ts";
import { isImprobable } from "#server/stats/burn-rate/gate.ts";
import { cappedFactor, detectionMinutes } from "#server/stats/burn-rate/tiers.ts";

/** A page tier, with what decides when it fires. */
export interface Tier {
  target: number;
  longMinutes: number;
  shortMinutes: number;
  factor: number;
  gate: number;
  cap: number;
}

/** The worker closes minutes every 5 s, and evaluates each SLO about every 10 s (docs/spec/slo.md section 6.1). */
const workerMs = 15_000;

/** A row that was written is seen by every gateway within a second (docs/spec/features.md section 10.6). */
export const statedFreshMs = 1_000;

/** Longest time from the last event to the finding "source late": views are evaluated every minute (docs/spec/features.md section 19). */
export function statedFindingMs(ttlMs: number): number {
  return ttlMs + minuteMs + workerMs;
}

/** Longest time from the first new row until the finding has ended. */
export const statedFindingEndMs = minuteMs + workerMs;

/** Longest time from the last event to the page of an SLO of the view's lag: limit + k minutes (docs/spec/slo.md section 6.1). */
export function statedLagMs(limitMs: number, tier: Tier): number {
  return limitMs + badMinutes(tier) * minuteMs + workerMs;
}

/** Longest time from the first new row until that page has ended: the minute is good at whose end the row is there. */
export function statedLagEndMs({ shortMinutes }: Tier): number {
  return shortMinutes * minuteMs + workerMs;
}

/**
 * Longest time from the last event to the page of an SLO of ages at look-up, if all look-ups are bad from the limit on (docs/spec/slo.md section
 * 6.1).
 */
export function statedAgesMs(limitMs: number, { target, ...tier }: Tier): number {
  const minutes = detectionMinutes(tier, 1 - target, 1) ?? Number.POSITIVE_INFINITY;
  return limitMs + minutes * minuteMs + workerMs;
}

/** Longest time from the first new row until that page has ended: the minute of that row still has bad look-ups, the next ones have none. */
export function statedAgesEndMs({ shortMinutes }: Tier): number {
  return (shortMinutes + 1) * minuteMs + workerMs;
}

/** The smallest number of bad minutes that fires a tier whose long window was good before. */
function badMinutes({ target, longMinutes, factor, gate, cap }: Tier): number {
  const budget = 1 - target;
  for (let bad = 1; bad <= longMinutes; bad += 1) {
    const isBurning = bad / longMinutes > cappedFactor(factor, budget, cap) * budget;
    if (isBurning && isImprobable({ bad, total: longMinutes }, budget, gate)) return bad;
  }
  return Number.POSITIVE_INFINITY;
}
