import { minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import type { MinuteCounts } from "../../objectives/indicators/contract.ts";
import type { Adjustment } from "../engine/events.ts";

export interface Sum {
  bad: number;
  total: number;
}

/** Sums bad and all events in the minutes that a span overlaps. */
export function sumOf({ start, good, total }: MinuteCounts, { from, to }: Span): Sum {
  const first = Math.max(0, Math.floor((from - start) / minuteMs));
  const end = Math.min(total.length, Math.ceil((to - start) / minuteMs));
  const sum = { bad: 0, total: 0 };
  for (let minute = first; minute < end; minute += 1) {
    sum.total += total[minute] as number;
    sum.bad += (total[minute] as number) - (good[minute] as number);
  }
  return sum;
}

/** Sums several series. */
export function sumOfAll(series: Iterable<MinuteCounts>, span: Span): Sum {
  const sum = { bad: 0, total: 0 };
  for (const counts of series) {
    const { bad, total } = sumOf(counts, span);
    sum.bad += bad;
    sum.total += total;
  }
  return sum;
}

/** Sets excluded minutes to zero, in place. */
export function withoutAdjusted({ start, good, total }: MinuteCounts, adjustments: readonly Adjustment[]): void {
  for (const { from, to } of adjustments) {
    const first = Math.max(0, Math.floor((from - start) / minuteMs));
    const end = Math.max(0, Math.ceil((to - start) / minuteMs));
    good.fill(0, first, end);
    total.fill(0, first, end);
  }
}
