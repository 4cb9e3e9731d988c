"use client";

import { useState } from "react";
import { formatCount, formatUnit } from "#components/ui/format.ts";
import { chartCsv } from "./chart-csv.ts";
import { ChartFrame, type ChartFrameProps } from "./chart-frame.tsx";
import type { LegendEntry } from "./legend.tsx";
import { LinePlot } from "./line-plot.tsx";
import { tableOf } from "./line-table.ts";
import type { Marker } from "./markers.ts";
import { countNotAboveZero } from "./picture.ts";
import { extent, lastPoint, type Range, type Series, widen } from "./prepare.ts";
import type { RibbonPart } from "./ribbon.tsx";
import { type SeriesStyle, styleSeries } from "./series-style.ts";
import { summarise, type Threshold } from "./summary.ts";
import type { NamedMoment, XKind } from "./x-axis.ts";
import { zoomKeys } from "./zoom.ts";

/** A span of the axis that is not like the rest. */
interface Shade extends Range {
  label: string;
}

export interface LineChartProps extends Omit<ChartFrameProps, "title"> {
  title: string;
  series: readonly Series[];
  unit: string;
  /** Time by default. */
  x?: XKind;
  /** Noun for a step: "epoch". */
  xNoun?: string;
  /** A moment that the axis names: "today, 13". */
  present?: NamedMoment | undefined;
  /** The range shown, also where nothing was measured; that of the points by default. */
  range?: Range | undefined;
  /** Lowest and highest value of the y axis, so that a zoom does not change it; that of the points by default. */
  values?: { low: number; high: number } | undefined;
  /** Called with the range selected by dragging or by key; undefined resets the zoom. */
  onZoom?: ((range: Range | undefined) => void) | undefined;
  /** The range that "back" leads to; that of the points by default. */
  fullRange?: Range | undefined;
  /** 0 to below 1; the measured line stays behind. */
  smoothing?: number | undefined;
  /** A logarithmic y axis. */
  log?: boolean | undefined;
  thresholds?: readonly Threshold[];
  /** Times on a ground of their own, named at the foot: "labels pending". */
  shades?: readonly Shade[];
  markers?: readonly Marker[];
  /** Counts and rates start at zero; others say where they start by their ticks. */
  fromZero?: boolean;
  /** Charts with the same id share one cursor. */
  syncId?: string;
  /** Name of this chart in a card that all charts with the same id share: "p95"; each has a card of its own otherwise. */
  cardName?: string;
  /** The last value at the line's end; for one series by default. */
  endLabels?: boolean;
  /** Label of a gap: "no scrape". */
  gapWord?: string;
  /** Steps for weights and configuration. */
  steps?: boolean;
  /** Room at the left and right of the plot, in px, so that charts under each other have one axis; by default what their labels need. */
  room?: { left: number; right: number } | undefined;
  /** Draws only the lines of the markers: a lane above all charts of the panel names them. */
  hasLane?: boolean;
  /** What served when, as a band over the plot. */
  ribbon?: readonly RibbonPart[] | undefined;
  /** Whether a list beside the chart names the lines, so that it needs no legend. */
  isNamedElsewhere?: boolean;
}

/** Renders lines with gaps, bands, thresholds, markers, zoom and a shared cursor. Give each series at most 10,000 points. */
export function LineChart(props: LineChartProps) {
  const { series: all, unit, thresholds = [], title, x = "time", onZoom, log } = props;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const allStyles = styleSeries(all);
  const isShown = (index: number) => !hidden.has(all[index]?.label ?? "");
  // A hidden series leaves its style to nobody.
  const series = all.filter((_, index) => isShown(index));
  const styles = allStyles.filter((_, index) => isShown(index));
  const isEmpty = all.every(({ points }) => lastPoint(points) === undefined);
  const range = props.range ?? widen(extent(all), x === "step" ? 1 : 60_000);
  const fullRange = props.fullRange ?? range;
  const unplotted = log ? countNotAboveZero(series) : 0;
  return (
    <ChartFrame
      {...props}
      subtitle={
        <>
          {props.subtitle}
          {log && (props.subtitle ? ", log scale" : "log scale")}
          {unplotted > 0 && `, ${formatCount(unplotted)} values ≤ 0 not shown`}
        </>
      }
      legend={props.isNamedElsewhere ? [] : legendOf(all, allStyles, unit, thresholds)}
      hidden={hidden}
      onHide={setHidden}
      summary={summarise(title, unit, series, thresholds)}
      table={() => tableOf({ ...props, series }, range)}
      csv={{ name: title, text: () => chartCsv(csvHead(x, props.xNoun), series, x === "time" ? isoTime : String) }}
      isEmpty={isEmpty}
      {...(onZoom && { onKey: zoomKeys(onZoom, range, fullRange) })}
    >
      {(width) => <LinePlot {...props} series={series} styles={styles} range={range} width={width} />}
    </ChartFrame>
  );
}

function csvHead(x: XKind, noun = "step"): string {
  return x === "step" ? noun : x === "time" ? "time" : "milliseconds since start";
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

function legendOf(
  series: readonly Series[],
  styles: readonly SeriesStyle[],
  unit: string,
  thresholds: readonly Threshold[],
): LegendEntry[] {
  const count = series.filter(({ isFaint }) => !isFaint).length;
  const firstFaint = series.findIndex(({ isFaint }) => isFaint);
  const faint = styles[firstFaint];
  return [
    ...series.flatMap(({ label, isFaint }, index) => {
      const style = styles[index];
      return style && !isFaint && count > 1 && count <= 6 ? [{ label, style }] : [];
    }),
    ...(faint ? [{ label: series[firstFaint]?.label ?? "", style: faint, isFixed: true }] : []),
    ...thresholds.map(({ label, value, text }) => ({
      label: `${label} ${text ?? formatUnit(value, unit)}`,
      style: { colour: "var(--lw-text-muted)", dash: "4 3" },
      isFixed: true,
    })),
  ];
}
