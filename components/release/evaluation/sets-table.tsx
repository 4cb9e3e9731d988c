import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { EvaluationSet } from "#server/release/evaluation/contract.ts";
import { taskName } from "./evaluation-text.ts";
import { RetireSet, type RetireSetAction } from "./retire-set.tsx";

interface SetsTableProps {
  sets: readonly EvaluationSet[];
  /** Address of the evaluation on each set, by its id. */
  hrefs: Readonly<Record<string, string>>;
  actorName: string;
  /** Undefined where the viewer may not retire sets. */
  retire: RetireSetAction | undefined;
}

/** Renders all evaluation sets, newest first. */
export function SetsTable({ sets, hrefs, actorName, retire }: SetsTableProps) {
  return (
    <DataTable
      label="Evaluation sets"
      rows={sets}
      columns={columnsOf(actorName, retire)}
      rowKey={({ id }) => id}
      rowHref={({ id }) => hrefs[id]}
      empty={
        <EmptyState title="No evaluation sets yet">
          Freeze labelled rows of a dataset version to evaluate all versions on the same rows.
        </EmptyState>
      }
    />
  );
}

function columnsOf(actorName: string, retire: RetireSetAction | undefined): Column<EvaluationSet>[] {
  return [
    {
      key: "name",
      head: "Set",
      cell: ({ name, digest }) => (
        <>
          {name} <code className="lw-quiet">{digest.slice(0, 8)}</code>
        </>
      ),
    },
    { key: "state", head: "State", cell: (set) => <SetState set={set} /> },
    { key: "task", head: "Task", cell: ({ definition }) => taskName(definition.task.kind) },
    {
      key: "rows",
      head: "Rows",
      align: "right",
      cell: ({ facts, state, rowsRead }) =>
        facts ? formatCount(facts.included) : state === "running" ? `${formatCount(rowsRead)} read` : noValue,
    },
    {
      key: "dataset",
      head: "Dataset",
      cell: ({ definition: { dataset } }) => `${dataset.name} ${dataset.digest.slice(0, 8)}`,
    },
    { key: "left", head: "Excluded", cell: ({ facts }) => leftOut(facts) },
    {
      key: "usage",
      head: "Used",
      cell: ({ usage }) =>
        usage.words ? (
          <StatusBadge state="watch">{plural(usage.versions, "version")}</StatusBadge>
        ) : (
          plural(usage.versions, "version")
        ),
    },
    { key: "by", head: "Frozen by", cell: ({ createdBy }) => createdBy },
    { key: "at", head: "Frozen", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
    {
      key: "act",
      head: <span className="lw-hidden">Actions</span>,
      cell: ({ id, name, retiredAt }) =>
        retire && !retiredAt ? <RetireSet id={id} name={name} actorName={actorName} retire={retire} /> : null,
    },
  ];
}

function SetState({ set: { state, problem, retiredAt, retirementReason } }: { set: EvaluationSet }) {
  if (retiredAt) return <StatusBadge state="paused">Retired: {retirementReason}</StatusBadge>;
  switch (state) {
    case "ready":
      return <StatusBadge state="on-target">Ready</StatusBadge>;
    case "failed":
      return <StatusBadge state="missed">{problem?.message ?? "Failed"}</StatusBadge>;
    default:
      return <StatusBadge state="running">Reading rows</StatusBadge>;
  }
}

function leftOut(facts: EvaluationSet["facts"]): string {
  if (!facts) return noValue;
  const parts = [
    facts.filteredOut > 0 ? `${formatCount(facts.filteredOut)} by conditions` : "",
    facts.unlabelled > 0 ? `${formatCount(facts.unlabelled)} without label` : "",
    ...facts.excluded.map(({ reason, rows }) => `${formatCount(rows)} ${reason}`),
  ];
  return parts.filter(Boolean).join("; ") || "nothing";
}
