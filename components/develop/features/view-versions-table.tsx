import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { ViewVersion } from "#server/develop/features/contract.ts";

const columns: Column<ViewVersion>[] = [
  { key: "version", head: "Version", cell: ({ version }) => `v${version}` },
  {
    key: "features",
    head: "Features",
    align: "right",
    cell: ({ features, expressions }) => formatCount(features.length + expressions.length),
  },
  { key: "digest", head: "Digest", cell: ({ digest }) => <code>{digest.slice(0, 12)}</code> },
  { key: "by", head: "Created by", cell: ({ createdBy }) => createdBy },
  { key: "at", head: "Created", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
  { key: "reason", head: "Reason", cell: ({ reason }) => reason ?? noValue },
];

/** Lists the versions of a view, newest first. */
export function ViewVersionsTable({ versions }: { versions: ViewVersion[] }) {
  return (
    <DataTable
      label="Versions"
      rows={versions}
      columns={columns}
      rowKey={({ version }) => String(version)}
      density="compact"
    />
  );
}
