import { minuteMs } from "#server/base/durations.ts";
import { combinedRatio } from "#server/stats/burn-rate/composite.ts";
import { sliced } from "#server/stats/burn-rate/slices.ts";
import type { SloDefinition } from "../../objectives/contract.ts";
import type { MinuteCounts } from "../../objectives/indicators/contract.ts";
import type { Adjustment } from "./events.ts";

interface Part {
  counts: MinuteCounts;
  definition: SloDefinition;
  adjustments: readonly Adjustment[];
  weight: number;
}

/**
 * Combines the slices of components by OpenSLO: with Timeslices a slice is bad if it is bad for any component; with RatioTimeslices its
 * good share is 1 − Σ wᵢ(1 − ratioᵢ) over the components that have any events. Each slice is stored in its last minute, as events with that
 * good share.
 */
export function combinedSlices(parts: readonly Part[], method: SloDefinition["budgeting"]["method"]): MinuteCounts {
  const start = Math.min(...parts.map(({ counts }) => counts.start));
  const end = Math.max(...parts.map(({ counts }) => counts.start + counts.total.length * minuteMs));
  const length = Math.round((end - start) / minuteMs);
  const slices = parts.map(({ counts, definition, adjustments, weight }) => {
    const shift = Math.round((counts.start - start) / minuteMs);
    const wide = { good: new Float64Array(length), total: new Float64Array(length) };
    wide.good.set(counts.good, shift);
    wide.total.set(counts.total, shift);
    const left = new Uint8Array(length);
    for (const { from, to } of adjustments)
      left.fill(1, Math.max(0, Math.floor((from - start) / minuteMs)), Math.max(0, Math.ceil((to - start) / minuteMs)));
    const { budgeting } = definition;
    const minutes = budgeting.method === "occurrences" ? 1 : budgeting.sliceMinutes;
    const target = budgeting.method === "timeslices" ? budgeting.sliceTarget : null;
    return { weight, ...sliced(wide, { target, minutes, offset: Math.floor(start / minuteMs) % minutes, left }) };
  });
  const good = new Float64Array(length);
  const total = new Float64Array(length);
  for (let minute = 0; minute < length; minute += 1) {
    const known = slices.filter((slice) => slice.total[minute] === 1);
    if (known.length === 0) continue;
    total[minute] = 1;
    const ratios = known.map(({ good, weight }) => ({ ratio: good[minute] as number, weight }));
    good[minute] = method === "timeslices" ? Math.min(...ratios.map(({ ratio }) => ratio)) : combinedRatio(ratios);
  }
  return { start, good, total };
}
