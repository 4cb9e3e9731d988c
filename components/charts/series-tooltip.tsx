import { Tooltip } from "recharts";
import { formatNumber, formatUnit } from "#components/ui/format.ts";
import { ChartTooltip } from "./chart-tooltip.tsx";
import { type Series, valueAt } from "./prepare.ts";
import type { SeriesStyle } from "./series-style.ts";
import type { XAxisPlan } from "./x-axis.ts";

interface SeriesTooltipOptions {
  series: readonly Series[];
  /** In the order of `series`. */
  styles: readonly SeriesStyle[];
  axis: XAxisPlan;
  unit: Parameters<typeof formatUnit>[1];
}

/** Returns the cursor of a plot with the value of every series. It is a function because recharts needs the element itself. */
export function seriesTooltip({ series, styles, axis, unit }: SeriesTooltipOptions) {
  return (
    <Tooltip
      isAnimationActive={false}
      wrapperStyle={{ zIndex: 5 }}
      cursor={{ stroke: "var(--lw-text-quiet)", strokeWidth: 1 }}
      content={({ active, label }) =>
        active && label !== undefined ? (
          <ChartTooltip
            title={axis.name(Number(label))}
            lines={series.flatMap(({ label: name, points, band, isFaint, isDeviation }, index) => {
              if (isFaint) return [];
              const value = valueAt(points, Number(label));
              const style = styles[index] ?? { colour: "", dash: undefined };
              return [
                { label: name, style, value, text: formatUnit(value, unit) + spanAt(band, Number(label), isDeviation) },
              ];
            })}
          />
        ) : null
      }
    />
  );
}

/** Formats the lowest and highest value, or the deviation, that the point under the cursor represents; empty if it represents only one. */
function spanAt(band: Series["band"], at: number, isDeviation = false): string {
  const point = band?.findLast((each) => each.at <= at);
  if (isDeviation && point) return ` ± ${formatNumber((point.high - point.low) / 2)}`;
  return point && point.low < point.high ? ` (${formatNumber(point.low)} to ${formatNumber(point.high)})` : "";
}
