"use client";

import { type ReactNode, useMemo } from "react";
import { ChartFrame } from "#components/charts/chart-frame.tsx";
import { plural } from "#components/ui/format.ts";
import type { MetricThreshold } from "#server/develop/registry/policy/contract.ts";
import { titleOf } from "../metrics/metric-groups.ts";
import { decimalsOf, formatMetric } from "../runs/run-values.ts";
import classes from "./bar-panel.module.css";
import type { ChartLine } from "./chart-lines.ts";
import { describeGate } from "./describe-gate.ts";
import type { CurvesByRun } from "./use-section-curves.ts";
import { barScale, type ValueBar, valueBars } from "./value-bars.ts";

interface BarPanelProps {
  metric: string;
  lines: readonly ChartLine[];
  curves: CurvesByRun | undefined;
  isPending: boolean;
  /** Thresholds of gates for any metric. */
  gates: readonly MetricThreshold[];
  /** Height of the plot, in pixels. */
  height: number;
  /** Instead of the name of the metric. */
  title?: string | undefined;
  /** At the right of the head. */
  right?: ReactNode;
}

/** Height of a bar and the gap below it, in pixels, as in the stylesheet. */
const barHeight = 24;

/** Renders a metric with one value a run: a bar for each run or group of the legend, with its deviation. */
export function BarPanel(props: BarPanelProps) {
  const { metric, lines, curves, isPending, height, right } = props;
  const bars = useMemo(() => (curves ? valueBars(lines, curves) : []), [lines, curves]);
  const gates = useMemo(() => props.gates.filter((gate) => gate.metric === metric), [props.gates, metric]);
  const { unit, title } = { ...titleOf(metric), ...(props.title && { title: props.title }) };
  const maxBars = Math.floor(height / barHeight);
  const left = bars.length - maxBars;
  const decimals = decimalsOf(bars.map(({ value }) => value));
  return (
    <ChartFrame
      title={title}
      right={right}
      subtitle={[unit, left > 0 ? `last, first ${maxBars} of ${bars.length}` : "last value", ...gates.map(describeGate)]
        .filter(Boolean)
        .join(", ")}
      height={height}
      legend={[]}
      loading={isPending && !curves}
      isEmpty={bars.length === 0}
      empty={<span className="lw-small lw-quiet">No visible run has a numeric value here.</span>}
      summary={`${[`${title}: ${plural(bars.length, "value")}`, ...gates.map(describeGate)].join("; ")}.`}
      table={() => ({ head: ["Run", title], rows: bars.map((bar) => [bar.line.label, textOf(bar, decimals)]) })}
    >
      {() => <Bars bars={bars.slice(0, maxBars)} decimals={decimals} bounds={gates.map(({ bound }) => bound)} />}
    </ChartFrame>
  );
}

function textOf({ value, deviation }: ValueBar, decimals: number | undefined): string {
  return formatMetric(value, decimals) + (deviation === null ? "" : ` ± ${formatMetric(deviation, decimals)}`);
}

interface BarsProps {
  bars: ValueBar[];
  decimals: number | undefined;
  /** Thresholds of gates. */
  bounds: number[];
}

function Bars({ bars, decimals, bounds }: BarsProps) {
  const { low, high } = barScale(bars, bounds);
  const share = (value: number) => ((value - low) / (high - low)) * 100;
  return (
    <ul className={classes.bars}>
      {bars.map((bar) => {
        const { line, value, deviation } = bar;
        const [from, to] = [share(Math.min(0, value)), share(Math.max(0, value))];
        return (
          <li className={classes.row} key={line.id}>
            <span className={`${classes.label} lw-truncate`} title={line.label}>
              {line.label}
            </span>
            <span className={classes.track} aria-hidden="true">
              <span
                className={classes.bar}
                style={{ left: `${from}%`, width: `${to - from}%`, background: line.style.colour }}
              />
              {bounds.map((bound) => (
                <span className={classes.bound} style={{ left: `${share(bound)}%` }} key={bound} />
              ))}
              {deviation !== null && (
                <span
                  className={classes.whisker}
                  style={{
                    left: `${share(value - deviation)}%`,
                    width: `${share(value + deviation) - share(value - deviation)}%`,
                  }}
                />
              )}
            </span>
            <span className="lw-number lw-small">{textOf(bar, decimals)}</span>
          </li>
        );
      })}
    </ul>
  );
}
