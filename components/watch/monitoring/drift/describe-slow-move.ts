import { formatNumber, formatPercent } from "#components/ui/format.ts";
import type { SlowMove } from "#server/watch/monitoring/drift/contract.ts";

/** Describes a slow move: "up 0.31 standard deviations since 3 Nov, a little each day." */
export function describeSlowMove({ since, shift, level }: SlowMove): string {
  const day = new Date(since).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const rose = shift > 0;
  const move =
    level === null
      ? `${rose ? "up" : "down"} ${formatNumber(Math.abs(shift), { decimals: 2 })} standard deviations`
      : `${level} ${rose ? "gained" : "lost"} ${formatPercent(Math.abs(shift))} of rows`;
  return `${move} since ${day}, a little each day.`;
}
