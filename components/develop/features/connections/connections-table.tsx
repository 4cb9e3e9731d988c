import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { FeatureConnection } from "#server/develop/features/sources/connections/contract.ts";

interface ConnectionRow {
  connection: FeatureConnection;
  /** Names of sources that have it. */
  sources: string[];
}

interface ConnectionsTableProps {
  rows: ConnectionRow[];
  /** Of a row. */
  actions: (row: ConnectionRow) => ReactNode;
}

/** Lists the databases from which SQL sources read. */
export function ConnectionsTable({ rows, actions }: ConnectionsTableProps) {
  const columns: Column<ConnectionRow>[] = [
    { key: "name", head: "Connection", cell: ({ connection: { name } }) => <strong>{name}</strong> },
    {
      key: "address",
      head: "Database",
      isClipped: true,
      width: 320,
      cell: ({ connection: { address, hasSecret } }) =>
        hasSecret ? (
          <code>{address}</code>
        ) : (
          <StatusBadge state="missed">The URL was lost with its key. Enter it again.</StatusBadge>
        ),
    },
    {
      key: "description",
      head: "Description",
      isClipped: true,
      width: 240,
      cell: ({ connection: { description } }) => description || noValue,
    },
    { key: "sources", head: "Sources", cell: ({ sources }) => (sources.length === 0 ? noValue : sources.join(", ")) },
    {
      key: "updated",
      head: "Updated",
      cell: ({ connection: { updatedAt } }) => <RelativeTime at={updatedAt} />,
    },
    { key: "actions", head: <span className="lw-hidden">Actions</span>, align: "right", cell: actions },
  ];
  return (
    <DataTable
      label="Connections"
      rows={rows}
      columns={columns}
      rowKey={({ connection }) => connection.name}
      foot={<span>{plural(rows.length, "connection")}, by name</span>}
    />
  );
}
