import { formatSignificant } from "#server/base/format-number.ts";
import { quantileEdges, tally } from "#server/stats/drift/calibrated/quantile-edges.ts";
import { type CompatibleColumn, rowsOf } from "#server/stats/drift/compatible/column.ts";
import type { ComparedColumn } from "./contract.ts";

const maxBars = 10;

/** Builds bars of both sides: tenths of the reference for numbers, otherwise the most frequent levels. */
export function barsOf(reference: CompatibleColumn, current: CompatibleColumn): ComparedColumn["bars"] {
  if (reference.type === "numerical" && current.type === "numerical") {
    const edges = quantileEdges(reference.sorted, maxBars);
    const [before, now] = [tally(reference.sorted, edges), tally(current.sorted, edges)];
    return before.map((count, bin) => ({
      label: formatRange(edges[bin - 1], edges[bin]),
      reference: count / reference.sorted.length,
      current: (now[bin] as number) / current.sorted.length,
    }));
  }
  if (reference.type !== "categorical" || current.type !== "categorical") return [];
  const [n, m] = [rowsOf(reference), rowsOf(current)];
  const both = new Map(reference.counts);
  for (const [level, count] of current.counts) both.set(level, (both.get(level) ?? 0) + count);
  const levels = [...both].sort((a, b) => b[1] - a[1]).slice(0, maxBars);
  return levels.map(([label]) => ({
    label,
    reference: (reference.counts.get(label) ?? 0) / n,
    current: (current.counts.get(label) ?? 0) / m,
  }));
}

function formatRange(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return to === undefined ? "all" : `up to ${formatSignificant(to, 4)}`;
  return to === undefined
    ? `above ${formatSignificant(from, 4)}`
    : `${formatSignificant(from, 4)} to ${formatSignificant(to, 4)}`;
}
