"use client";

import { Button } from "@mantine/core";
import { LineChart } from "#components/charts/line-chart.tsx";
import { formatCount } from "#components/ui/format.ts";
import { formatClock } from "#components/ui/format-time.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState, StaleLine } from "#components/ui/states.tsx";
import type { MetricCurve, Run } from "#server/tracking/contract.ts";
import {
  drawnKeys,
  groupCurves,
  isSystemMetric,
  type MetricGroup,
  nanWords,
  pointsAlong,
  titleOf,
} from "./metric-groups.ts";
import classes from "./run-charts.module.css";
import { useCurves, useRun } from "./use-run.ts";

interface RunChartsProps {
  run: Run;
  /** Read with the page; undefined when that failed. */
  curves: MetricCurve[] | undefined;
  kind: "model" | "system";
  x: "step" | "time";
}

/** The metric curves of a run; they move while it logs. */
export function RunCharts({ run: initial, curves, kind, x }: RunChartsProps) {
  const { data: run } = useRun(initial);
  const keys = drawnKeys(run.metrics, kind);
  const { data, error, dataUpdatedAt, refetch } = useCurves(
    run.id,
    keys,
    curves && { keys: drawnKeys(initial.metrics, kind), curves },
  );
  if (!data && keys.length > 0) return <NotRead error={error} onRetry={() => void refetch()} />;
  const groups = groupCurves(data ?? []);
  const left = run.metrics.filter(({ key }) => isSystemMetric(key) === (kind === "system")).length - keys.length;
  if (groups.length === 0) {
    return (
      <Panel flush>
        <EmptyState title={run.metrics.length === 0 ? "No metric was logged" : "No curve to draw"}>
          {emptyWords(run)}
        </EmptyState>
      </Panel>
    );
  }
  return (
    <>
      {error && (
        <StaleLine>
          Shown as of {formatClock(dataUpdatedAt)}. The curves could not be read: {error.message} They are read again
          when the run changes.
        </StaleLine>
      )}
      <div className={classes.grid}>
        {groups.map((group) => (
          <MetricChart group={group} x={x} runId={run.id} key={group.title} />
        ))}
      </div>
      {left > 0 && (
        <p className="lw-small lw-quiet">
          {formatCount(left)} more metrics are not drawn; the table lists the last value of each.
        </p>
      )}
    </>
  );
}

function NotRead({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  if (!error) {
    return (
      <div className={classes.grid}>
        <LineChart title="Metrics" unit="" series={[]} loading />
        <LineChart title="Metrics" unit="" series={[]} loading />
      </div>
    );
  }
  return (
    <Panel flush>
      <FailedState
        title="The curves could not be read"
        action={
          <Button variant="default" size="xs" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {error.message} The rest of the page is good.
      </FailedState>
    </Panel>
  );
}

function MetricChart({ group, x, runId }: { group: MetricGroup; x: "step" | "time"; runId: string }) {
  const nan = nanWords(group);
  const { title, unit } = titleOf(group.title);
  const thinned = group.curves.filter(({ totalPoints, points }) => totalPoints > points.length);
  const subtitle = [
    [unit, `per ${x === "step" ? "step" : "moment logged"}`].filter(Boolean).join(", "),
    ...thinned.slice(0, 1).map(({ totalPoints }) => `${formatCount(totalPoints)} points, peaks kept`),
  ];
  return (
    <LineChart
      title={title}
      subtitle={
        <>
          {subtitle.join(", ")}
          {nan.map((words) => (
            <span className={classes.nan} key={words}>
              {words}
            </span>
          ))}
        </>
      }
      unit={unit}
      x={x}
      series={group.curves.map(({ key, points }) => ({ id: key, label: key, points: pointsAlong(points, x) }))}
      gapWord="NaN"
      syncId={`run-${runId}`}
      endLabels
      empty={<span className="lw-small lw-quiet">Every value is NaN.</span>}
    />
  );
}

function emptyWords(run: Run): string {
  if (run.metrics.length > 0) return "Each metric has one value; the table has them.";
  return run.status === "RUNNING"
    ? "The curves appear here as soon as the run logs its first metrics."
    : "The run ended without logging one. Its params, tags and artifacts are beside.";
}
