import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { SchemaChange, ViewVersion } from "#server/develop/features/contract.ts";

/** A version with how its schema differs from the one before; null for the first. */
export interface ChangedVersion {
  version: ViewVersion;
  change: SchemaChange | null;
  altered: string[];
}

const columns: Column<ChangedVersion>[] = [
  { key: "version", head: "Version", cell: ({ version }) => `v${version.version}` },
  {
    key: "features",
    head: "Features",
    align: "right",
    cell: ({ version: { features, expressions } }) => formatCount(features.length + expressions.length),
  },
  { key: "change", head: "Change", cell: (row) => describeChange(row) || noValue },
  { key: "digest", head: "Digest", cell: ({ version }) => <code>{version.digest.slice(0, 12)}</code> },
  { key: "by", head: "Created by", cell: ({ version }) => version.createdBy },
  { key: "at", head: "Created", cell: ({ version }) => <RelativeTime at={version.createdAt} /> },
  { key: "reason", head: "Reason", cell: ({ version }) => version.reason ?? noValue },
];

/** Lists the versions of a view, newest first. */
export function ViewVersionsTable({ versions }: { versions: ChangedVersion[] }) {
  return (
    <DataTable
      label="Versions"
      rows={versions}
      columns={columns}
      rowKey={({ version }) => String(version.version)}
      density="compact"
    />
  );
}

/** Says how a version differs from the one before; empty if only its source did. */
export function describeChange({ change, altered }: Pick<ChangedVersion, "change" | "altered">): string {
  if (!change) return "first version";
  const { added, removed, retyped, hasOtherKeys } = change;
  return [
    hasOtherKeys ? "other join keys" : "",
    added.length > 0 ? `added ${added.join(", ")}` : "",
    removed.length > 0 ? `removed ${removed.join(", ")}` : "",
    ...retyped.map(({ name, before, after }) => `${name} from ${before} to ${after}`),
    altered.length > 0 ? `changed ${altered.join(", ")}` : "",
  ]
    .filter(Boolean)
    .join("; ");
}
