import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { Task } from "#server/serve/tasks/contract.ts";
import { TaskStateBadge } from "./task-state.tsx";

const columns: Column<Task>[] = [
  { key: "id", head: "Task", cell: ({ id }) => <code>{id.slice(0, 8)}</code> },
  { key: "state", head: "State", cell: ({ state }) => <TaskStateBadge state={state} /> },
  { key: "submitted", head: "Submitted", cell: ({ submittedAt }) => <RelativeTime at={submittedAt} /> },
  { key: "by", head: "By", cell: ({ submittedBy }) => submittedBy },
  { key: "took", head: "Duration", align: "right", cell: tookOf },
  { key: "tries", head: "Attempts", align: "right", cell: ({ attempts }) => attempts },
  {
    key: "version",
    head: "Version",
    cell: ({ servedVersion, version }) => ((servedVersion ?? version) ? `v${servedVersion ?? version}` : ""),
  },
  { key: "error", head: "Last error", cell: ({ error }) => <span className="lw-truncate">{error}</span> },
];

/** Renders the duration from submission to the end. */
function tookOf({ submittedAt, finishedAt }: Task) {
  if (!finishedAt) return <span className="lw-quiet">still running</span>;
  return formatDuration(finishedAt.getTime() - submittedAt.getTime());
}

interface TasksTableProps {
  tasks: Task[];
  /** Address of the page with one task open. */
  hrefOf: (id: string) => string;
  empty: React.ReactNode;
  foot: React.ReactNode;
}

/** Tasks, newest first; a row opens one. */
export function TasksTable({ tasks, hrefOf, empty, foot }: TasksTableProps) {
  return (
    <DataTable
      label="Tasks"
      rows={tasks}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => hrefOf(id)}
      density="dense"
      empty={empty}
      foot={
        <>
          <span>{plural(tasks.length, "task")} shown</span> {foot}
        </>
      }
    />
  );
}
