"use client";

import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import type { Direction, LatestMetric, MetricCurve } from "#server/develop/tracking/metrics/contract.ts";
import { CurveControls } from "../metrics/curve-controls.tsx";
import type { CurveAxis } from "../metrics/curve-view.ts";
import { CurvesNotRead } from "../metrics/curves-not-read.tsx";
import { MetricChart } from "../metrics/metric-chart.tsx";
import { metricKeys } from "../metrics/metric-groups.ts";
import { useCurveView } from "../metrics/use-curve-view.ts";
import { type CurveRun, useCurves } from "../metrics/use-curves.ts";
import classes from "./compare.module.css";
import { useCompareView } from "./use-compare-view.ts";

interface CompareChartsProps {
  /** Runs in the order of the chips; `place` is their colour index, undefined is grey. */
  runs: (CurveRun & { index: number | undefined })[];
  /** All that any of them logged. */
  metrics: Pick<LatestMetric, "key">[];
  initial: { keys: string[]; x: CurveAxis; curves: MetricCurve[] } | undefined;
  directions: Record<string, Direction>;
  /** Maximum number of charts. */
  most: number;
}

/** Renders one chart per metric with a line for each run and a shared cursor; they update while the runs log. */
export function CompareCharts({ runs, metrics, initial, directions, most }: CompareChartsProps) {
  const [view, onView] = useCurveView();
  const { styles } = useCompareView();
  const all = metricKeys(metrics, "model");
  const found = metricKeys(metrics, "model", view.metric);
  const keys = found.slice(0, most);
  const curves = useCurves({ runs, keys, view, initial });
  if (curves.isPending && curves.whole.length === 0)
    return <CurvesNotRead error={curves.error} onRetry={curves.refetch} />;
  const drawn = keys.filter((key) => curves.whole.some((curve) => curve.key === key && curve.points.length > 1));
  return (
    <>
      <CurveControls view={view} onView={onView} metrics={{ all: all.length, drawn: keys.length }} />
      {curves.error && <StaleLine>Could not load some curves: {curves.error.message}</StaleLine>}
      {drawn.length === 0 ? (
        <Panel flush>
          <EmptyState title={view.metric ? "No matching metric" : "Nothing to plot"}>
            {view.metric
              ? "Press Esc in the search field to show all metrics."
              : "None of these runs logged a metric for more than one step."}
          </EmptyState>
        </Panel>
      ) : (
        <div className={classes.charts}>
          {drawn.map((key) => (
            <MetricChart
              title={key}
              words={directionLabels[directions[key] ?? "unknown"]}
              unit=""
              lines={runs.flatMap(({ id, name, startedAt, index }) => {
                const isOurs = (curve: MetricCurve) => curve.runId === id && curve.key === key;
                const whole = curves.whole.find(isOurs);
                const zoomed = curves.zoomed?.find(isOurs);
                return whole ? [{ label: name, startedAt, index, style: styles.get(id), whole, zoomed }] : [];
              })}
              view={view}
              onView={onView}
              syncId="compare"
              endLabels={false}
              key={key}
            />
          ))}
        </div>
      )}
    </>
  );
}

const directionLabels: Record<Direction, string | undefined> = {
  higher: "higher is better",
  lower: "lower is better",
  unknown: undefined,
};
