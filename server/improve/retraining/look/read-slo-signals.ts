import { and, inArray, isNull } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { activeAdjustments } from "#server/watch/slo/adjustments/adjustment-rows.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { knownUntil, minuteOf, type SloEvents, sloEvents } from "#server/watch/slo/engine/events.ts";
import { endOfMinute } from "#server/watch/slo/evaluation/read-state.ts";
import type { RetrainingTrigger } from "../contract.ts";
import type { Signals } from "./evidence.ts";

/**
 * Reads the SLOs that triggers name and that have less left than these allow, as they were evaluated last, and since when each burns. The caller has
 * checked permissions. @param now milliseconds since 1970
 */
export async function readSloSignals(
  ctx: Context,
  triggers: readonly RetrainingTrigger[],
  now: number,
): Promise<Signals["slos"]> {
  const named = triggers.filter((trigger) => trigger.kind === "slo");
  if (named.length === 0) return [];
  const ids = named.map(({ slo }) => slo);
  const signals: Signals["slos"][number][] = [];
  for (const slo of await selectSlos(ctx, and(inArray(slos.id, ids), isNull(slos.archivedAt)))) {
    const remaining = slo.state?.budget.remaining ?? null;
    const isLow = named.some((trigger) => trigger.slo === slo.id && (remaining ?? 1) < trigger.remainingBelow);
    if (remaining === null || !isLow) continue;
    const { id, name } = slo;
    signals.push({ id, name, remaining, ...(await readBurn(ctx, slo, now)) });
  }
  return signals;
}

/**
 * Since when an SLO burns, and the start of its period. A rolling period starts anew each minute, so the burn itself names it: what began later is
 * another one.
 */
async function readBurn(ctx: Context, slo: StoredSlo, now: number): Promise<{ periodStart: number; since: number }> {
  const { definition, state } = slo;
  const { period, indicator } = definition;
  const start = state?.budget.periodStart ?? now;
  // The budget counts the minute in progress, which may be the one that spent it.
  const end = endOfMinute(now);
  // Of a composite only the budget is known, not which of its minutes spent it.
  const began = indicator
    ? burnStart(await eventsOf(ctx, slo, { from: start, to: end }), { from: start, to: knownUntil(definition, end) })
    : null;
  if (period.kind === "calendar") return { periodStart: start, since: began ?? start };
  const lengthMs = period.days * dayMs;
  const since = began ?? Math.floor(start / lengthMs) * lengthMs;
  return { periodStart: since, since };
}

async function eventsOf(ctx: Context, slo: StoredSlo, span: { from: number; to: number }): Promise<SloEvents> {
  const counts = await countSlo(ctx, slo, span);
  return sloEvents({ counts, definition: slo.definition, adjustments: await activeAdjustments(ctx, slo.id) });
}

/**
 * Finds the minute since which an SLO burns faster than it may: where what it spent beyond its budget, added up from the start, was least (the
 * estimate of a change by a CUSUM). @param span milliseconds since 1970
 * @returns milliseconds since 1970; null where it has burned since the start, and where nothing that burns was counted
 */
export function burnStart(
  events: Pick<SloEvents, "start" | "sums" | "budget">,
  { from, to }: { from: number; to: number },
): number | null {
  const { bad, total, length } = events.sums;
  const excessAt = (minute: number) => (bad[minute] ?? 0) - events.budget * (total[minute] ?? 0);
  const [first, last] = [minuteOf(events, from), Math.min(length, minuteOf(events, to))];
  let best = first;
  for (let minute = first; minute <= last; minute += 1) {
    // The last one of several: without traffic nothing burns.
    if (excessAt(minute) <= excessAt(best)) best = minute;
  }
  return best === first || best === last ? null : events.start + best * minuteMs;
}
