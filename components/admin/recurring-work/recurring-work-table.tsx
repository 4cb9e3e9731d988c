import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { State } from "#components/ui/status-shape.tsx";
import type { RecurringWork } from "#server/admin/settings/recurring-work/contract.ts";
import classes from "./recurring-work.module.css";

const states: Record<RecurringWork["state"], { shape: State; label: string }> = {
  ok: { shape: "on-target", label: "OK" },
  "set-aside": { shape: "watch", label: "Items set aside" },
  failed: { shape: "missed", label: "Failed" },
  late: { shape: "missed", label: "Late" },
  "not-run": { shape: "not-started", label: "Not run yet" },
};

const columns: Column<RecurringWork>[] = [
  { key: "name", head: "Name", cell: ({ name }) => <code>{name}</code> },
  { key: "purpose", head: "Purpose", cell: ({ purpose }) => <span className={classes.text}>{purpose}</span> },
  { key: "schedule", head: "Schedule", cell: ({ schedule }) => schedule },
  { key: "state", head: "State", cell: stateCell },
  { key: "last", head: "Last run", cell: ({ startedAt }) => (startedAt ? <RelativeTime at={startedAt} /> : noValue) },
  { key: "duration", head: "Duration", align: "right", cell: ({ durationMs }) => formatDuration(durationMs) },
  { key: "items", head: "Items", align: "right", cell: ({ items }) => formatCount(items) },
  {
    key: "setAside",
    head: "Set aside",
    align: "right",
    cell: ({ setAside }) => formatCount(setAside),
  },
];

/** Every watcher and scheduled job with its last execution. */
export function RecurringWorkTable({ work }: { work: RecurringWork[] }) {
  return (
    <DataTable label="Recurring work" rows={work} columns={columns} rowKey={({ kind, name }) => `${kind}/${name}`} />
  );
}

function stateCell({ state, problem }: RecurringWork) {
  const { shape, label } = states[state];
  return (
    <>
      <StatusBadge state={shape}>{label}</StatusBadge>
      {problem && <span className={`lw-quiet ${classes.problem}`}>{problem}</span>}
    </>
  );
}
