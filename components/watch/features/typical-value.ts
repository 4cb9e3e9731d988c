import { formatPercent } from "#components/ui/format.ts";
import type { DriftedViewFeature } from "#server/watch/features/drift/contract.ts";

/** Says what values are usual: the most frequent level, or the range of numbers that has the median; empty without rows. */
export function describeTypical(bars: DriftedViewFeature["bars"]): string {
  const total = bars.reduce((sum, { current }) => sum + current, 0);
  if (total === 0) return "";
  const areLevels = bars.every(({ from, to }) => from === null && to === null);
  if (areLevels) {
    const first = bars.reduce((most, bar) => (bar.current > most.current ? bar : most));
    return `${first.label} ${formatPercent(first.current / total, { decimals: 0 })}`;
  }
  let before = 0;
  const middle = bars.find(({ current }) => {
    before += current;
    return before >= total / 2;
  });
  return middle ? `median ${middle.label}` : "";
}
