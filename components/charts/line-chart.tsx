"use client";

import { formatUnit } from "#components/ui/format.ts";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import type { LegendEntry } from "./legend.tsx";
import { LinePlot } from "./line-plot.tsx";
import { tableOf } from "./line-table.ts";
import type { Marker } from "./markers.ts";
import { extent, lastPoint, type Range, type Series, thin, widen } from "./prepare.ts";
import { type SeriesStyle, styleSeries } from "./series-style.ts";
import { summarise, type Threshold } from "./summary.ts";
import type { XKind } from "./x-axis.ts";

export interface LineChartProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  series: readonly Series[];
  unit: string;
  /** Time by default. */
  x?: XKind;
  /** What a step is called: "epoch". */
  xNoun?: string;
  /** The whole range asked for, also where nothing was measured; that of the points by default. */
  range?: Range | undefined;
  thresholds?: readonly Threshold[];
  markers?: readonly Marker[];
  /** Counts and rates start at zero; others say where they start by their ticks. */
  fromZero?: boolean;
  /** Charts with the same id share one cursor. */
  syncId?: string;
  /** The last value at the line's end; for one series by default. */
  endLabels?: boolean;
  /** What a gap is called: "no scrape". */
  gapWord?: string;
  /** Steps for weights and configuration. */
  steps?: boolean;
}

/** Lines with gaps, thresholds, markers and a shared cursor. Give each series at most 10,000 points. */
export function LineChart(props: LineChartProps) {
  const { series, unit, thresholds = [], title } = props;
  const styles = styleSeries(series);
  const isEmpty = series.every(({ points }) => lastPoint(points) === undefined);
  const range = props.range ?? widen(extent(series), props.x === "step" ? 1 : 60_000);
  const legend = legendOf(series, styles, unit, thresholds);
  return (
    <ChartFrame
      {...props}
      legend={legend}
      summary={summarise(title, unit, series, thresholds)}
      table={() => tableOf(props, range)}
      isEmpty={isEmpty}
    >
      {(width) => (
        <LinePlot
          {...props}
          // Two points per pixel at most: the lowest and the highest.
          series={series.map((each) => ({ ...each, points: thin(each.points, Math.max(200, width * 2)) }))}
          styles={styles}
          range={range}
          width={width}
        />
      )}
    </ChartFrame>
  );
}

function legendOf(
  series: readonly Series[],
  styles: readonly SeriesStyle[],
  unit: string,
  thresholds: readonly Threshold[],
): LegendEntry[] {
  const few = series.length > 1 && series.length <= 6 ? series : [];
  return [
    ...few.flatMap(({ label }, index) => {
      const style = styles[index];
      return style ? [{ label, style }] : [];
    }),
    ...thresholds.map(({ label, value }) => ({
      label: `${label} ${formatUnit(value, unit)}`,
      style: { colour: "var(--lw-text-muted)", dash: "4 3" },
    })),
  ];
}
