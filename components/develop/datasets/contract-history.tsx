import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { DatasetContract } from "#server/develop/datasets/rules/contract.ts";

const columns: Column<DatasetContract>[] = [
  { key: "revision", head: "Revision", align: "right", width: 80, cell: (row) => row.revision },
  { key: "reason", head: "Reason", cell: (row) => row.reason },
  { key: "columns", head: "Columns", align: "right", cell: (row) => formatCount(row.rules.columns.length) },
  { key: "by", head: "By", cell: (row) => row.createdBy },
  { key: "at", head: "When", cell: (row) => <RelativeTime at={row.createdAt} /> },
];

/** Renders the revisions of a contract, the active one first. */
export function ContractHistory({ revisions }: { revisions: DatasetContract[] }) {
  return (
    <Panel title="Revisions" subtitle="first one is in effect" flush>
      <DataTable label="Revisions" rows={revisions} columns={columns} rowKey={(row) => row.id} density="dense" />
    </Panel>
  );
}
