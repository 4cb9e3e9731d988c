import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ListedEvaluation } from "#server/release/evaluation/contract.ts";
import { intervalText, valueText } from "./metric-text.ts";

interface EvaluationsPanelProps {
  runs: readonly ListedEvaluation[];
  /** Address of each evaluation, by its id. */
  hrefs: Readonly<Record<string, string>>;
  /** Link to the page of evaluations. */
  action: ReactNode;
}

/** Renders the latest evaluations of a version on frozen sets. */
export function EvaluationsPanel({ runs, hrefs, action }: EvaluationsPanelProps) {
  return (
    <Panel title="Evaluation" id="evaluation" subtitle="on frozen sets" right={action} flush>
      <DataTable
        label="Evaluations"
        rows={runs}
        columns={columns}
        rowKey={({ id }) => id}
        rowHref={({ id }) => hrefs[id]}
        density="dense"
        empty={
          <EmptyState title="Not evaluated yet" action={action}>
            Evaluate the version on a frozen set of labelled rows, and compare it with others on the same rows.
          </EmptyState>
        }
      />
    </Panel>
  );
}

const columns: Column<ListedEvaluation>[] = [
  {
    key: "set",
    head: "Set",
    cell: ({ set }) => (
      <>
        {set.name} <code className="lw-quiet">{set.digest.slice(0, 8)}</code>
      </>
    ),
  },
  { key: "metric", head: "Metric", cell: ({ result }) => result?.metrics[0]?.title ?? noValue },
  {
    key: "value",
    head: "Value",
    align: "right",
    cell: ({ result }) => {
      const [headline] = result?.metrics ?? [];
      return headline ? valueText(headline.scale, headline.value) : noValue;
    },
  },
  {
    key: "interval",
    head: "95%",
    align: "right",
    cell: ({ result }) => {
      const [headline] = result?.metrics ?? [];
      return (headline && intervalText(headline.scale, headline.interval)) ?? noValue;
    },
  },
  { key: "state", head: "State", cell: (run) => <RunBadge run={run} /> },
  { key: "at", head: "Evaluated", cell: ({ createdAt, finishedAt }) => <RelativeTime at={finishedAt ?? createdAt} /> },
];

function RunBadge({ run: { state, isStale, rowsDone, rowsTotal } }: { run: ListedEvaluation }) {
  switch (state) {
    case "done":
      return isStale ? (
        <StatusBadge state="watch">Version changed</StatusBadge>
      ) : (
        <StatusBadge state="finished">Done</StatusBadge>
      );
    case "failed":
      return <StatusBadge state="missed">Failed</StatusBadge>;
    case "cancelled":
      return <StatusBadge state="paused">Cancelled</StatusBadge>;
    default:
      return <StatusBadge state="running">{formatCountOf(rowsDone, rowsTotal)}</StatusBadge>;
  }
}
