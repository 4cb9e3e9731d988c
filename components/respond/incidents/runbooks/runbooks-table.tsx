import { runbookHref } from "#components/respond/incidents/addresses.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { RunbookSummary } from "#server/respond/incidents/runbooks/contract.ts";

/** Renders runbooks by name, with their number of uses. */
export function RunbooksTable({ runbooks }: { runbooks: readonly RunbookSummary[] }) {
  const columns: Column<RunbookSummary>[] = [
    { key: "name", head: "Runbook", cell: ({ name }) => name },
    { key: "steps", head: "Steps", align: "right", cell: ({ steps }) => formatCount(steps) },
    {
      key: "uses",
      head: "Used by",
      align: "right",
      cell: ({ uses }) => (uses === 0 ? <span className="lw-quiet">nothing yet</span> : formatCount(uses)),
    },
    {
      key: "changed",
      head: "Last edited",
      cell: ({ updatedAt, updatedBy }) => (
        <>
          <RelativeTime at={updatedAt} /> <span className="lw-quiet">by {updatedBy}</span>
        </>
      ),
    },
  ];
  return (
    <DataTable
      label="Runbooks"
      rows={runbooks}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => runbookHref(id)}
      empty={<EmptyState title="No runbooks">All runbooks are archived. Create a new one.</EmptyState>}
    />
  );
}
