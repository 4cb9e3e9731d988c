"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { pictureOf, valueExtent } from "#components/charts/picture.ts";
import { extent, type Range, type Series, widen } from "#components/charts/prepare.ts";
import type { SeriesStyle } from "#components/charts/series-style.ts";
import { formatCount } from "#components/ui/format.ts";
import type { MetricCurve } from "#server/develop/tracking/metrics/contract.ts";
import { curveSeries, describeBroken } from "./curve-series.ts";
import type { CurveAxis, CurveView } from "./curve-view.ts";
import classes from "./run-charts.module.css";

/** A line of a chart: a metric of a run. */
interface MetricLine {
  label: string;
  startedAt: number;
  whole: MetricCurve;
  /** Curve of the zoomed range; undefined until it has been requested. */
  zoomed: MetricCurve | undefined;
  /** Index of the run's colour and dash; undefined takes the next one, or grey if there are too many lines. */
  index?: number | undefined;
  /** Instead of the style of the index. */
  style?: SeriesStyle | undefined;
  /** Points of steps that were done again later. */
  lost?: MetricCurve | undefined;
}

interface MetricChartProps {
  title: string;
  /** Additional information beside the name: "higher is better". */
  words?: string | undefined;
  unit: string;
  lines: MetricLine[];
  view: CurveView;
  onView: (change: Partial<CurveView>) => void;
  syncId: string;
  endLabels: boolean;
  height?: number;
  /** Complete range of several charts with a shared axis; that of the lines by default. */
  whole?: Range | undefined;
}

const axisLabels: Record<CurveAxis, string> = {
  step: "per step",
  time: "by wall time",
  relative: "by time since start",
};

/** Renders one chart of metric curves with the settings of a view; a zoom keeps the y axis unless it should be fitted. */
export function MetricChart({ title, words, unit, lines, view, onView, syncId, ...more }: MetricChartProps) {
  const allSeries = lines.map((line, index) => seriesOf(line, line.whole, index, view.x));
  const series = view.zoom
    ? lines.map((line, index) => seriesOf(line, line.zoomed ?? line.whole, index, view.x))
    : allSeries;
  const { whole = widen(extent(allSeries), view.x === "step" ? 1 : 60_000), ...rest } = more;
  const lost = lines.flatMap((line, index) => (line.lost ? [lostSeries(line, line.lost, index, view.x)] : []));
  const isFixed = view.zoom && !view.fit;
  const broken = describeBroken(lines.map(({ whole }) => whole));
  const { log } = view;
  return (
    <LineChart
      title={title}
      subtitle={
        <>
          {subtitle(unit, words, lines, view)}
          {broken.slice(0, 3).map((each) => (
            <span className={classes.broken} key={each}>
              {each}
            </span>
          ))}
        </>
      }
      unit={unit}
      x={view.x}
      series={[...series, ...lost]}
      range={view.zoom ?? whole}
      fullRange={whole}
      onZoom={(zoom) => onView({ zoom })}
      values={isFixed ? valueExtent(allSeries.map((each) => pictureOf(each, { width: 400, log }))) : undefined}
      smoothing={view.smooth}
      log={log}
      gapWord="NaN"
      syncId={syncId}
      empty={<span className="lw-small lw-quiet">No numeric values in this range.</span>}
      {...rest}
    />
  );
}

function seriesOf(line: MetricLine, curve: MetricCurve, index: number, x: CurveAxis): Series {
  const { label, index: position, style, startedAt } = line;
  return { id: `${index}`, label, index: position, ...(style && { style }), ...curveSeries(curve, x, startedAt) };
}

function lostSeries(line: MetricLine, curve: MetricCurve, index: number, x: CurveAxis): Series {
  const { points, band } = curveSeries(curve, x, line.startedAt);
  return { id: `${index} lost`, label: "lost, then repeated", index: line.index ?? index, isFaint: true, points, band };
}

function subtitle(unit: string, words: string | undefined, lines: readonly MetricLine[], view: CurveView): string {
  const drawn = lines.map((line) => (view.zoom && line.zoomed ? line.zoomed : line.whole));
  const thinned = drawn.find(({ totalPoints, points }) => totalPoints > points.length);
  return [
    unit,
    words,
    axisLabels[view.x],
    view.smooth > 0 && `smoothed ${view.smooth.toFixed(2)}`,
    view.zoom && view.fit && "y fitted",
    thinned && `${formatCount(thinned.totalPoints)} points, downsampled (minimum and maximum kept)`,
  ]
    .filter(Boolean)
    .join(", ");
}
