import { hourMs } from "#server/base/durations.ts";
import { pricedKind } from "#server/watch/cost/spending/read-training.ts";
import { type BookRow, priceAt } from "../../../serve/prices/price-segments.ts";
import type { Machine, Resources } from "../contract.ts";

/**
 * Computes what an hour of machines costs, at the prices of a time. @param now milliseconds since 1970
 * @returns null where one of them has no price, or prices are in several currencies
 */
export function hourlyRate(
  { cores, gpus, gpuKind, nodes, spot }: Resources,
  { book, machine, now }: { book: readonly BookRow[]; machine: string; now: number },
): { amount: number; currency: string } | null {
  const variant = (kind: string) => pricedKind(kind, { isSpot: spot, book });
  const core = priceAt(book, "core-hour", variant(machine), now);
  const gpu = gpus > 0 ? priceAt(book, "gpu-hour", variant(gpuKind), now) : undefined;
  if (!core || (gpus > 0 && gpu?.currency !== core.currency)) return null;
  return { amount: nodes * (cores * core.amount + gpus * (gpu?.amount ?? 0)), currency: core.currency };
}

/**
 * Estimates what a job takes at most: the 80th percentile of what the last 20 finished jobs of its template took, else its hours at its
 * rate; its own limit of money, where that is less. docs/spec/training.md section 10.
 */
export function estimateCost({
  rate,
  hours,
  limit,
  earlier,
}: {
  rate: number | null;
  hours: number;
  limit: number | null;
  /** Costs of finished jobs of the template, newest first. */
  earlier: readonly number[];
}): number | null {
  const estimate = usualOf(earlier) ?? (rate === null ? null : rate * hours);
  if (estimate === null) return limit;
  return limit === null ? estimate : Math.min(estimate, limit);
}

/** The 80th percentile of the last 20 jobs, newest first; undefined without any. */
export function usualOf(earlier: readonly number[]): number | undefined {
  const sorted = earlier.slice(0, 20).toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(0.8 * sorted.length) - 1)];
}

/** Hours and money that attempts took, each at the prices of its start. docs/spec/training.md section 14. */
export function costOfAttempts(
  resources: Resources,
  attempts: readonly {
    startedAt: Date | null;
    heartbeatAt: Date | null;
    endedAt: Date | null;
    machine: Machine | null;
  }[],
  book: readonly BookRow[],
): { hours: number; cost: number | null; currency: string | null } {
  const total = { hours: 0, cost: 0 as number | null, currency: null as string | null };
  for (const { startedAt, heartbeatAt, endedAt, machine } of attempts) {
    if (!startedAt) continue;
    // One that still runs has taken what its last heartbeat shows.
    const hours = Math.max(0, (endedAt ?? heartbeatAt ?? startedAt).getTime() - startedAt.getTime()) / hourMs;
    const kinds = machine && { gpuKind: machine.gpuKind, spot: machine.isSpot };
    const now = startedAt.getTime();
    const rate = hourlyRate({ ...resources, ...kinds }, { book, machine: machine?.kind ?? "", now });
    const isSame = rate && (total.currency === null || rate.currency === total.currency);
    total.hours += hours;
    total.cost = isSame && total.cost !== null ? total.cost + hours * rate.amount : null;
    total.currency ??= rate?.currency ?? null;
  }
  return { ...total, cost: total.currency === null ? null : total.cost };
}
