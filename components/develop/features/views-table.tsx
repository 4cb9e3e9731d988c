import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { FeatureView, ViewFreshness } from "#server/develop/features/contract.ts";
import { featureViewHref } from "../addresses/feature-view-href.ts";
import { viewState } from "./view-state.ts";

export interface ViewRow {
  view: FeatureView;
  freshness: ViewFreshness | undefined;
}

const ageOf = ({ freshness }: ViewRow) => freshness?.ageUs ?? null;
const maxUsers = 2;

const columns: Column<ViewRow>[] = [
  {
    key: "name",
    head: "View",
    cell: ({ view }) => (
      <>
        <strong>{view.name}</strong> v{view.current.version}
      </>
    ),
  },
  {
    key: "keys",
    head: "Join keys",
    cell: ({ view }) => view.current.entities.map(({ joinKey }) => joinKey).join(", ") || noValue,
  },
  {
    key: "features",
    head: "Features",
    align: "right",
    cell: ({ view }) => formatCount(view.current.features.length + view.current.expressions.length),
  },
  { key: "source", head: "Source", cell: ({ view }) => view.source ?? noValue },
  {
    key: "state",
    head: "State",
    cell: (row) => {
      const { state, word } = viewState(ageOf(row), row.view.ttlUs);
      return <StatusBadge state={state}>{word}</StatusBadge>;
    },
  },
  {
    key: "age",
    head: "Age of the newest event",
    cell: (row) => <Age ageUs={ageOf(row)} ttlUs={row.view.ttlUs} />,
  },
  { key: "users", head: "Used by", cell: ({ freshness }) => <Users names={freshness?.users ?? []} /> },
];

/** Lists feature views. */
export function ViewsTable({ rows, foot }: { rows: ViewRow[]; foot?: ReactNode }) {
  return (
    <DataTable
      label="Feature views"
      rows={rows}
      columns={columns}
      rowKey={({ view }) => view.name}
      rowHref={({ view }) => featureViewHref(view.name)}
      foot={foot}
    />
  );
}

function Age({ ageUs, ttlUs }: { ageUs: number | null; ttlUs: number | null }) {
  if (ageUs === null) return noValue;
  const age = formatDuration(ageUs / 1000);
  return ttlUs === null ? age : `${age} of ${formatDuration(ttlUs / 1000)}`;
}

function Users({ names }: { names: string[] }) {
  if (names.length === 0) return noValue;
  const more = names.length - maxUsers;
  return `${names.slice(0, maxUsers).join(", ")}${more > 0 ? ` +${more}` : ""}`;
}
