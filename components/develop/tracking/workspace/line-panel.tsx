"use client";

import { type ReactNode, useMemo } from "react";
import { LineChart } from "#components/charts/line-chart.tsx";
import { pictureOf, valueExtent } from "#components/charts/picture.ts";
import { extent, type Series, widen } from "#components/charts/prepare.ts";
import type { MetricThreshold } from "#server/develop/registry/policy/contract.ts";
import type { CurveView } from "../metrics/curve-view.ts";
import { titleOf } from "../metrics/metric-groups.ts";
import type { Band, ChartLine } from "./chart-lines.ts";
import { describeGate } from "./describe-gate.ts";
import { lineSeries } from "./mean-curve.ts";
import type { CurvesByRun } from "./use-section-curves.ts";

interface LinePanelProps {
  metric: string;
  lines: readonly ChartLine[];
  curves: CurvesByRun | undefined;
  zoomed: CurvesByRun | undefined;
  isPending: boolean;
  view: CurveView;
  band: Band;
  onView: (change: Partial<CurveView>) => void;
  /** Thresholds of gates for any metric. */
  gates: readonly MetricThreshold[];
  /** Charts with the same name share one cursor. */
  section: string;
  /** Height of the plot, in pixels. */
  height: number;
  /** Instead of the name of the metric. */
  title?: string | undefined;
  /** At the right of the head. */
  right?: ReactNode;
}

const none: CurvesByRun = new Map();

/** Renders the curves of one metric: a line for each run or group of the legend. */
export function LinePanel(props: LinePanelProps) {
  const { metric, lines, curves, zoomed, isPending, view, band, onView, section, height, right } = props;
  const { x, log } = view;
  const { title, unit } = titleOf(metric);
  const gates = useMemo(() => props.gates.filter((gate) => gate.metric === metric), [props.gates, metric]);
  const thresholds = useMemo(() => gates.map(({ bound }) => ({ value: bound, label: "Gate" })), [gates]);
  const whole = useMemo(() => seriesOf(lines, curves ?? none, x, band), [lines, curves, x, band]);
  const shown = useMemo(() => (zoomed ? seriesOf(lines, zoomed, x, band) : whole), [whole, lines, zoomed, x, band]);
  const range = widen(extent(whole), x === "step" ? 1 : 60_000);
  const hasMean = lines.some(({ runs }) => runs.length > 1);
  return (
    <LineChart
      title={props.title ?? title}
      unit={unit}
      right={right}
      subtitle={[
        unit,
        hasMean && (band === "range" ? "mean, min to max" : "mean ± std"),
        log && "log",
        ...gates.map(describeGate),
      ]
        .filter(Boolean)
        .join(", ")}
      x={x}
      height={height}
      series={shown}
      thresholds={thresholds}
      range={view.zoom ?? range}
      fullRange={range}
      onZoom={(zoom) => onView({ zoom })}
      values={
        view.zoom && !view.fit ? valueExtent(whole.map((each) => pictureOf(each, { width: 400, log }))) : undefined
      }
      smoothing={view.smooth}
      log={log}
      gapWord="NaN"
      syncId={`section-${section}`}
      loading={isPending && !curves}
      endLabels={false}
      isNamedElsewhere
      empty={<span className="lw-small lw-quiet">No visible run has a numeric value here.</span>}
    />
  );
}

function seriesOf(lines: readonly ChartLine[], curves: CurvesByRun, x: CurveView["x"], band: Band): Series[] {
  return lines.flatMap((line) => lineSeries(line, curves, x, band) ?? []);
}
