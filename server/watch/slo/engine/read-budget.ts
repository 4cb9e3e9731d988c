import { minuteMs } from "#server/base/durations.ts";
import { burnRate, countBetween } from "#server/stats/burn-rate/minute-sums.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { BudgetReading, SloDefinition } from "../../objectives/contract.ts";
import { bandOf } from "./contract.ts";
import { type CountedSlo, knownUntil, minuteOf, type SloEvents, sloEvents } from "./events.ts";
import { nominalMinutes, type PeriodSpan } from "./periods.ts";
import { remainingAt, withoutResidue } from "./remaining.ts";
import { standardTiers } from "./standard-rules.ts";

/** Number of events above which an interval adds no information (docs/spec/slo.md section 11). */
const enough = 10_000;

/**
 * Reads the budget of an SLO (docs/spec/slo.md section 1). Counts are those of the method: events, or slices. Pass all minutes of the
 * period and those of the hour before `now`; minutes that are not passed count as empty.
 */
export function readBudget(slo: CountedSlo): BudgetReading {
  return budgetOf(sloEvents(slo), slo.definition, slo.now);
}

/** Computes the budget from events that are already counted. */
export function budgetOf(events: SloEvents, definition: SloDefinition, now: number): BudgetReading {
  const { period } = definition;
  const at = knownUntil(definition, now);
  const { remaining, bad, total, budgeted, elapsed, span } = remainingAt(events, period, at);
  const ratio = total > 0 ? withoutResidue((total - bad) / total) : null;
  const burn = currentBurn(events, definition, at);
  const isRolling = period.kind === "rolling";
  return {
    good: total - bad,
    total,
    bad,
    ratio,
    interval: ratio !== null && total < enough ? wilsonInterval({ share: ratio, count: total }) : null,
    remaining,
    band: bandOf(remaining),
    allowed: remaining === null ? null : Math.max(0, Math.floor(budgeted - bad + 1e-6)),
    evenPace: isRolling ? null : withoutResidue(1 - elapsed),
    burnRate: burn,
    exhaustedAt: exhaustionAt({ remaining, burn, isRolling, span, periodMs: nominalOrReal(definition, span), now }),
    periodStart: span.start,
    periodEnd: isRolling ? null : span.end,
  };
}

/** Returns the burn rate over the previous hour, scaled by the ratio of the period to 30 days. */
function currentBurn(events: SloEvents, { period }: SloDefinition, at: number): number | null {
  const minutes = Math.max(events.minMinutes, standardTiers(period)[0]?.longMinutes ?? 60);
  const end = minuteOf(events, at);
  if (countBetween(events.traffic, end - minutes, end).total === 0) return null;
  return burnRate(countBetween(events.sums, end - minutes, end), events.budget);
}

interface Burning {
  remaining: number | null;
  burn: number | null;
  isRolling: boolean;
  span: PeriodSpan;
  periodMs: number;
  now: number;
}

/**
 * Returns R · P / BR from now. Null if a rolling budget burns at most as fast as it recovers, or if the result is after a calendar period's
 * end.
 */
export function exhaustionAt({ remaining, burn, isRolling, span, periodMs, now }: Burning): number | null {
  if (remaining === null || remaining <= 0 || burn === null || burn <= 0) return null;
  if (isRolling && burn <= 1) return null;
  const at = now + (remaining * periodMs) / burn;
  return isRolling || at < span.end ? Math.round(at) : null;
}

function nominalOrReal({ period }: SloDefinition, span: PeriodSpan): number {
  return period.kind === "rolling" ? nominalMinutes(period) * minuteMs : span.end - span.start;
}
