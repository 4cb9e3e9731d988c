import { formatNumber, formatUnit } from "#components/ui/format.ts";
import type { TooltipLine } from "./chart-tooltip.tsx";
import { type Series, valueAt } from "./prepare.ts";
import type { SeriesStyle } from "./series-style.ts";

interface SeriesOfChart {
  series: readonly Series[];
  /** In the order of `series`. */
  styles: readonly SeriesStyle[];
  unit: Parameters<typeof formatUnit>[1];
}

/** Returns the value of every series at the cursor, as lines of its card. */
export function seriesLines(at: number, { series, styles, unit }: SeriesOfChart): TooltipLine[] {
  return series.flatMap(({ label, points, band, isFaint, isDeviation }, index) => {
    if (isFaint) return [];
    const value = valueAt(points, at);
    const style = styles[index] ?? { colour: "", dash: undefined };
    return [{ label, style, value, text: formatUnit(value, unit) + spanAt(band, at, isDeviation) }];
  });
}

/** Formats the lowest and highest value, or the deviation, that the point under the cursor represents; empty if it represents only one. */
function spanAt(band: Series["band"], at: number, isDeviation = false): string {
  const point = band?.findLast((each) => each.at <= at);
  if (isDeviation && point) return ` ± ${formatNumber((point.high - point.low) / 2)}`;
  return point && point.low < point.high ? ` (${formatNumber(point.low)} to ${formatNumber(point.high)})` : "";
}
