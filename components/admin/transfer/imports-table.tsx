import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Import } from "#server/admin/transfer/contract.ts";
import { describeImported, kindLabels, shapeOf, wordOf } from "./text.ts";
import classes from "./transfer.module.css";

const columns: Column<Import>[] = [
  {
    key: "from",
    head: "From",
    cell: ({ kind, origin }) => (
      <span className={classes.origin}>
        {origin} <span className="lw-small lw-quiet">{kindLabels[kind]}</span>
      </span>
    ),
  },
  { key: "state", head: "State", cell: ({ state }) => <TransferState state={state} /> },
  {
    key: "taken",
    head: "Imported",
    cell: ({ state, message, counts }) => (
      <span className={classes.sentence}>{state === "failed" && message ? message : describeImported(counts)}</span>
    ),
  },
  {
    key: "problems",
    head: "With problems",
    align: "right",
    cell: ({ counts }) => (counts.withProblems === 0 ? <span className="lw-quiet">none</span> : counts.withProblems),
  },
  { key: "by", head: "Started by", cell: ({ startedByName }) => startedByName },
  { key: "at", head: "Started", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

/** Imports, newest first. */
export function ImportsTable({ imports, empty }: { imports: Import[]; empty: React.ReactNode }) {
  return (
    <DataTable
      label="Imports"
      rows={imports}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => `/settings/transfer/imports/${id}`}
      empty={empty}
    />
  );
}

/** Renders the state of an import or export. */
export function TransferState({ state, filled }: { state: Import["state"]; filled?: boolean }) {
  return (
    <StatusBadge state={shapeOf[state]} {...(filled && { filled })}>
      {wordOf[state]}
    </StatusBadge>
  );
}
