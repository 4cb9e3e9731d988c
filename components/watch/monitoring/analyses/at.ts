import { formatClock, formatDate } from "#components/ui/format-time.ts";

/** Formats a moment as "6 May 2026, 14:20 UTC". */
export function at(time: Date): string {
  return `${formatDate(time, "UTC")}, ${formatClock(time, { timeZone: "UTC" })} UTC`;
}
