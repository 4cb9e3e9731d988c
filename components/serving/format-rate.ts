import { formatNumber } from "#components/ui/format.ts";

/** Requests per second in a column: two decimals, and a true zero is 0. */
export function formatRate(value: number | null | undefined): string {
  return value === 0 ? "0" : formatNumber(value, { decimals: 2 });
}
