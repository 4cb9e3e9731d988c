"use client";

import type { ReactNode } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { LatestMetric } from "#server/develop/tracking/metrics/contract.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";
import { isSystemMetric } from "../metrics/metric-groups.ts";
import classes from "./run-facts.module.css";
import { formatMetric } from "./run-values.ts";
import { useRun } from "./use-run.ts";

/** Renders metrics, params and tags of a run as tables that update with it. */
export function RunFacts({ run: initial }: { run: Run }) {
  const { data: run } = useRun(initial);
  const metrics = run.metrics.filter(({ key }) => !isSystemMetric(key)).toSorted(byKey);
  const tags = run.tags.filter(({ key }) => key !== "mlflow.note.content" && key !== "mlflow.runName").toSorted(byKey);
  return (
    <>
      <Panel title="Metrics" subtitle="last value and its step" flush>
        <DataTable
          label="Latest metrics"
          rows={metrics}
          rowKey={({ key }) => key}
          density="compact"
          maxHeight="340px"
          columns={metricColumns}
          empty={<None>No metrics logged.</None>}
        />
      </Panel>
      <KeyValues title="Parameters" rows={run.params.toSorted(byKey)} empty="No parameters logged." />
      <KeyValues title="Tags" rows={tags} empty="No tags set." />
    </>
  );
}

const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);

const metricColumns = [
  { key: "key", head: "Metric", cell: ({ key }: LatestMetric) => <Key>{key}</Key> },
  {
    key: "value",
    head: "Last",
    align: "right" as const,
    cell: ({ value }: LatestMetric) =>
      value === "NaN" ? (
        <span className={classes.nan}>NaN</span>
      ) : (
        <span title={String(value)}>{formatMetric(value)}</span>
      ),
  },
  { key: "step", head: "Step", align: "right" as const, cell: ({ step }: LatestMetric) => formatCount(step) },
];

const pairColumns = [
  { key: "key", head: "Name", cell: ({ key }: KeyValue) => <Key>{key}</Key> },
  {
    key: "value",
    head: "Value",
    cell: ({ value }: KeyValue) => (
      <span className={classes.value} title={value}>
        {value || <span className="lw-quiet">empty</span>}
      </span>
    ),
  },
];

function KeyValues({ title, rows, empty }: { title: string; rows: KeyValue[]; empty: string }) {
  return (
    <Panel title={title} subtitle={rows.length > 0 ? formatCount(rows.length) : undefined} flush>
      <DataTable
        label={title}
        rows={rows}
        rowKey={({ key }) => key}
        density="compact"
        maxHeight="260px"
        columns={pairColumns}
        empty={<None>{empty}</None>}
      />
    </Panel>
  );
}

function Key({ children }: { children: string }) {
  return (
    <span className={classes.key} title={children}>
      {children}
    </span>
  );
}

function None({ children }: { children: ReactNode }) {
  return <p className={`${classes.none} lw-small lw-quiet`}>{children}</p>;
}
