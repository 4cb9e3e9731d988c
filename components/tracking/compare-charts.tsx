"use client";

import { LineChart } from "#components/charts/line-chart.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Direction, MetricCurve } from "#server/tracking/contract.ts";
import classes from "./compare.module.css";
import { pointsAlong } from "./metric-groups.ts";

interface CompareChartsProps {
  runs: { id: string; name: string }[];
  /** Keys in the order drawn. */
  keys: string[];
  curves: MetricCurve[];
  directions: Record<string, Direction>;
}

/** One chart per metric with a line for each run, under one cursor. */
export function CompareCharts({ runs, keys, curves, directions }: CompareChartsProps) {
  const drawn = keys.filter((key) => curves.some((curve) => curve.key === key && curve.points.length > 1));
  if (drawn.length === 0) {
    return (
      <Panel flush>
        <EmptyState title="No curve to draw">None of these runs logged a metric at more than one step.</EmptyState>
      </Panel>
    );
  }
  return (
    <div className={classes.charts}>
      {drawn.map((key) => (
        <LineChart
          title={key}
          subtitle={directionWords[directions[key] ?? "unknown"]}
          unit=""
          x="step"
          syncId="compare"
          gapWord="NaN"
          series={runs.flatMap(({ id, name }, place) => {
            const curve = curves.find((each) => each.runId === id && each.key === key);
            return curve ? [{ id, label: name, place, points: pointsAlong(curve.points, "step") }] : [];
          })}
          key={key}
        />
      ))}
    </div>
  );
}

const directionWords: Record<Direction, string> = {
  higher: "per step, higher is better",
  lower: "per step, lower is better",
  unknown: "per step",
};
