"use client";

import { extent, widen } from "#components/charts/prepare.ts";
import { formatCount } from "#components/ui/format.ts";
import { formatClock } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import type { MetricCurve, RedoneSpan } from "#server/develop/tracking/metrics/contract.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { useRun } from "../runs/use-run.ts";
import { CurveControls } from "./curve-controls.tsx";
import { curveSeries } from "./curve-series.ts";
import type { CurveAxis } from "./curve-view.ts";
import { CurvesNotRead } from "./curves-not-read.tsx";
import { MetricChart } from "./metric-chart.tsx";
import {
  groupCurves,
  isSystemMetric,
  lineName,
  type MetricGroup,
  machinePart,
  maxPlotted,
  metricKeys,
  titleOf,
} from "./metric-groups.ts";
import classes from "./run-charts.module.css";
import { useCurveView } from "./use-curve-view.ts";
import { useCurves } from "./use-curves.ts";

interface RunChartsProps {
  run: Run;
  /** Read with the page along this axis; undefined when that failed. */
  initial: { keys: string[]; x: CurveAxis; curves: MetricCurve[] } | undefined;
  kind: "model" | "system";
  /** Which of its points were logged for steps that it did again later: they are drawn faint. */
  redone?: readonly RedoneSpan[];
}

/** Renders the metric curves of a run, which update while it logs. System metrics share one time axis. */
export function RunCharts({ run: initialRun, initial, kind, redone = [] }: RunChartsProps) {
  const { data: run } = useRun(initialRun);
  const [requested, onView] = useCurveView();
  const view = kind === "system" ? { ...requested, x: "relative" as const } : requested;
  const all = metricKeys(run.metrics, kind);
  const found = metricKeys(run.metrics, kind, view.metric);
  const keys = found.slice(0, maxPlotted);
  const { id, name, startedAt } = run;
  const curves = useCurves({ runs: [{ id, name, startedAt }], keys, view, initial, redone });
  if (curves.isPending && curves.whole.length === 0)
    return <CurvesNotRead error={curves.error} onRetry={curves.refetch} />;
  if (all.length === 0) return <NothingToDraw run={run} kind={kind} />;
  const groups = groupCurves(curves.whole);
  const draw = (group: MetricGroup) => (
    <MetricChart
      key={group.title}
      {...titleOf(group.title)}
      lines={group.curves.map((whole) => ({
        label: lineName(whole.key),
        startedAt,
        whole,
        zoomed: curves.zoomed?.find(({ key }) => key === whole.key),
        lost: curves.lost.find(({ key, points }) => key === whole.key && points.length > 0),
      }))}
      view={view}
      onView={onView}
      syncId={`run-${id}`}
      endLabels
      whole={
        kind === "system" ? widen(extent(curves.whole.map((each) => seriesOf(each, startedAt))), 60_000) : undefined
      }
    />
  );
  return (
    <>
      <CurveControls
        view={view}
        onView={onView}
        metrics={{ all: all.length, drawn: keys.length }}
        fixedAxis={kind === "system"}
      />
      {curves.error && (
        <StaleLine>
          Showing data as of {formatClock(curves.updatedAt)}. Could not refresh the curves: {curves.error.message} They
          reload when the run changes.
        </StaleLine>
      )}
      {groups.length === 0 &&
        (found.length === 0 ? <NotFound search={view.metric} /> : <NothingToDraw run={run} kind={kind} />)}
      {kind === "model" ? (
        <div className={classes.grid}>{groups.map(draw)}</div>
      ) : (
        [...Map.groupBy(groups, ({ title }) => machinePart(title))].toSorted().map(([part, members]) => (
          <section className={classes.part} key={part}>
            <h2>{part}</h2>
            <div className={classes.grid}>{members.map(draw)}</div>
          </section>
        ))
      )}
      {found.length > keys.length && (
        <p className="lw-small lw-quiet">
          {formatCount(found.length - keys.length)} more metrics are not plotted. Use the search above; the table lists
          the last value of each.
        </p>
      )}
    </>
  );
}

function seriesOf(curve: MetricCurve, startedAt: number) {
  return { id: curve.key, label: curve.key, ...curveSeries(curve, "relative", startedAt) };
}

function NotFound({ search }: { search: string }) {
  return (
    <Panel flush>
      <EmptyState title="No matching metric">
        No metric of this run contains <code>{search}</code> in its name. Press Esc in the search field to show all.
      </EmptyState>
    </Panel>
  );
}

function NothingToDraw({ run, kind }: Pick<RunChartsProps, "run" | "kind">) {
  const logged = run.metrics.some(({ key }) => isSystemMetric(key) === (kind === "system"));
  const what = kind === "system" ? "system metric" : "metric";
  return (
    <Panel flush>
      <EmptyState title={logged ? "Nothing to plot" : `No ${what} logged`}>
        {describeEmpty(run, kind, logged)}
      </EmptyState>
    </Panel>
  );
}

function describeEmpty(run: Run, kind: RunChartsProps["kind"], logged: boolean): string {
  if (logged) return "Every metric has a single value; see the table.";
  if (kind === "system")
    return "Call mlflow.enable_system_metrics_logging() before starting a run to log machine metrics.";
  return run.status === "RUNNING"
    ? "Curves appear here as soon as the run logs metrics."
    : "The run finished without logging metrics. See its parameters, tags and artifacts on this page.";
}
