import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { stateBadges } from "#components/watch/monitoring/drift/drift-labels.ts";
import type { ViewVersion } from "#server/develop/features/contract.ts";
import type { DriftedViewFeature } from "#server/watch/features/drift/contract.ts";
import type { SkewedViewFeature } from "#server/watch/features/skew/contract.ts";
import { MiniDistribution } from "./mini-distribution.tsx";
import { RecentShare } from "./recent-skew.tsx";
import { describeTypical } from "./typical-value.ts";

/** A feature with what is known of it. */
export interface WatchedFeature {
  name: string;
  type: string;
  /** How Leeway computes it; null for what rows bring. */
  at: "arrival" | "look-up" | null;
  drift: DriftedViewFeature | undefined;
  skew: SkewedViewFeature | undefined;
  /** Number of model versions and services that list it. */
  users: number;
}

/** Joins the features of a version with their drift, skew and users: drifting and differing ones first. */
export function watchedFeatures(
  version: Pick<ViewVersion, "features" | "expressions">,
  drift: readonly DriftedViewFeature[],
  skew: readonly SkewedViewFeature[],
  uses: readonly { features: readonly string[] }[],
): WatchedFeature[] {
  const all = [
    ...version.features.map(({ name, type }) => ({ name, type, at: null })),
    ...version.expressions.map(({ name, type, at }) => ({ name, type, at })),
  ];
  const rows = all.map(
    ({ name, type, at }): WatchedFeature => ({
      name,
      type,
      at,
      drift: drift.find(({ feature }) => feature === name),
      skew: skew.find(({ feature }) => feature === name),
      users: uses.filter(({ features }) => features.includes(name)).length,
    }),
  );
  const rank = ({ drift: own, skew: other }: WatchedFeature) =>
    (own?.newest.state === "drift" ? 2 : 0) + Math.min(1, other?.recent.true?.share ?? 0);
  return rows
    .map((row, place) => ({ row, place }))
    .sort((a, b) => rank(b.row) - rank(a.row) || a.place - b.place)
    .map(({ row }) => row);
}

const baseColumns: Column<WatchedFeature>[] = [
  { key: "name", head: "Feature", cell: ({ name }) => <code>{name}</code> },
  {
    key: "type",
    head: "Type",
    cell: ({ type, at }) => (
      <span className="lw-small lw-muted" title={at === null ? undefined : `computed at ${at}`}>
        {at === null ? type : `${type} (CEL)`}
      </span>
    ),
  },
];

const driftColumns: Column<WatchedFeature>[] = [
  { key: "null", head: "Null", align: "right", cell: ({ drift }) => formatPercent(drift?.newest.nullShare) },
  {
    key: "values",
    head: "Values",
    cell: ({ name, drift }) =>
      drift && drift.bars.length > 0 ? (
        <MiniDistribution bars={drift.bars} label={`Values of ${name} beside the reference: ${drift.newest.words}`} />
      ) : (
        noValue
      ),
  },
  { key: "typical", head: "Typical", cell: ({ drift }) => (drift && describeTypical(drift.bars)) || noValue },
  {
    key: "drift",
    head: "Drift",
    cell: ({ drift }) => {
      if (!drift) return noValue;
      const { state, word } = stateBadges[drift.newest.state];
      return (
        <span title={drift.newest.words}>
          <StatusBadge state={state}>{word}</StatusBadge>
        </span>
      );
    },
  },
];

const skewColumns: Column<WatchedFeature>[] = [
  {
    key: "known",
    head: (
      <Definition
        name="Served ≠ known"
        sentence="Share of served values that differ from the row that had arrived a second before, at the endpoint with the highest share, in the last 6 hours that were compared. Each is an error in Leeway."
      >
        ≠ known
      </Definition>
    ),
    align: "right",
    cell: ({ skew }) => <RecentShare recent={skew?.recent.known} />,
  },
  {
    key: "true",
    head: (
      <Definition
        name="Served ≠ true"
        sentence="Share of served values that differ from what is known today, at the endpoint with the highest share, in the last 24 hours that were compared: late, corrected and expired rows."
      >
        ≠ true
      </Definition>
    ),
    align: "right",
    cell: ({ skew }) => <RecentShare recent={skew?.recent.true} />,
  },
];

const usersColumn: Column<WatchedFeature> = {
  key: "users",
  head: "Used by",
  align: "right",
  cell: ({ users }) => (users === 0 ? noValue : formatCount(users)),
};

/** Lists the features of a view: nulls, distribution beside the reference, drift and both skews, as far as they are known. */
export function ViewFeaturesTable({ rows }: { rows: WatchedFeature[] }) {
  const columns = [
    ...baseColumns,
    ...(rows.some(({ drift }) => drift) ? driftColumns : []),
    ...(rows.some(({ skew }) => skew) ? skewColumns : []),
    usersColumn,
  ];
  return (
    <DataTable
      label="Features"
      rows={rows}
      columns={columns}
      rowKey={({ name }) => name}
      density="dense"
      foot={<span>{plural(rows.length, "feature")}</span>}
    />
  );
}
