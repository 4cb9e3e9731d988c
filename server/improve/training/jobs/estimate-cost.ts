import { type BookRow, priceAt } from "../../../serve/prices/price-segments.ts";
import type { Resources } from "../contract.ts";

/**
 * Computes what an hour of machines costs, at the prices of a time. @param now milliseconds since 1970
 * @returns null where one of them has no price, or prices are in several currencies
 */
export function hourlyRate(
  { cores, gpus, gpuKind, nodes, spot }: Resources,
  { book, machine, now }: { book: readonly BookRow[]; machine: string; now: number },
): { amount: number; currency: string } | null {
  // The price book names a spot machine apart.
  const variant = (kind: string) => (spot && kind !== "" ? `${kind} spot` : kind);
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
  const sorted = earlier.slice(0, 20).toSorted((a, b) => a - b);
  const usual = sorted[Math.max(0, Math.ceil(0.8 * sorted.length) - 1)];
  const estimate = usual ?? (rate === null ? null : rate * hours);
  if (estimate === null) return limit;
  return limit === null ? estimate : Math.min(estimate, limit);
}
