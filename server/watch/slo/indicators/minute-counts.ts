import { minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { MinuteCounts } from "../../objectives/indicators/contract.ts";
import type { CountedMinute } from "./source.ts";

/** Creates empty counts from one full minute to another. */
export function emptyMinutes({ from, to }: Span): MinuteCounts {
  const start = Math.floor(from / minuteMs) * minuteMs;
  const length = Math.max(0, Math.ceil((to - start) / minuteMs));
  return { start, good: new Float64Array(length), total: new Float64Array(length) };
}

/** Adds what was counted of a minute, of whichever version; what lies outside is left out. */
export function addMinute(
  counts: MinuteCounts,
  { minute, good, total }: Omit<CountedMinute, "seriesId" | "versionId">,
) {
  const at = Math.round((minute - counts.start) / minuteMs);
  if (at < 0 || at >= counts.total.length) return;
  counts.good[at] = (counts.good[at] as number) + good;
  counts.total[at] = (counts.total[at] as number) + total;
}
