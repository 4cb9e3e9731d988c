import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { shareOfLimit, viewStates } from "#components/develop/features/view-state.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { Definition } from "#components/ui/definition.tsx";
import { formatCount, formatPercent, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { TargetBar } from "#components/ui/target-bar.tsx";
import type { ViewWatchSummary } from "#server/watch/features/contract.ts";
import type { ViewRow } from "./view-row.ts";

/** A feature view that versions of an endpoint look up. */
export interface EndpointView {
  row: ViewRow;
  /** Features that are read, by name. */
  features: readonly string[];
  /** Versions that read them: "churn v3". */
  versions: readonly string[];
  /** Look-ups of the endpoint; undefined if they could not be read. */
  watch: ViewWatchSummary | undefined;
}

/** Lists the feature views that an endpoint looks up, with what its own look-ups found. */
export function EndpointViewsTable({ views }: { views: readonly EndpointView[] }) {
  const shareOf = (count: number | undefined, { watch }: EndpointView) =>
    watch && watch.lookUps > 0 && count !== undefined ? formatPercent(count / watch.lookUps) : noValue;
  const columns: Column<EndpointView>[] = [
    {
      key: "view",
      head: "View",
      cell: ({ row: { view } }) => (
        <>
          <code>{view.name}</code> <span className="lw-quiet">v{view.current.version}</span>
        </>
      ),
    },
    {
      key: "features",
      head: "Features",
      width: 260,
      isClipped: true,
      cell: ({ features }) => (
        <span title={features.join(", ")}>
          {features.length} <span className="lw-quiet">{features.join(", ")}</span>
        </span>
      ),
    },
    { key: "versions", head: "Read by", isSecondary: true, cell: ({ versions }) => versions.join(", ") || noValue },
    {
      key: "state",
      head: "State",
      cell: ({ row: { facts } }) => {
        const [{ state, word }] = viewStates(facts);
        return <StatusBadge state={state}>{word}</StatusBadge>;
      },
    },
    {
      key: "age",
      name: "Age at look-up, p95",
      head: (
        <Definition
          name="Age at look-up, p95"
          sentence="95th percentile of the age of the rows that this endpoint looked up, with the max age of the view."
        >
          Age at look-up, p95
        </Definition>
      ),
      cell: (each) => <Age view={each} />,
    },
    {
      key: "look-ups",
      head: "Look-ups",
      align: "right",
      cell: ({ watch }) => (watch ? formatCount(watch.lookUps) : noValue),
    },
    {
      key: "missing",
      name: "Unknown keys",
      head: (
        <Definition name="Unknown keys" sentence="Share of the look-ups for whose key the view has no row.">
          Unknown keys
        </Definition>
      ),
      align: "right",
      cell: (each) => shareOf(each.watch?.missing, each),
    },
    {
      key: "stale",
      name: "Stale",
      head: (
        <Definition name="Stale" sentence="Share of the look-ups that found a row older than the max age of the view.">
          Stale
        </Definition>
      ),
      align: "right",
      cell: (each) => shareOf(each.watch?.stale, each),
    },
  ];
  return (
    <DataTable
      label="Feature views of the endpoint"
      rows={views}
      columns={columns}
      rowKey={({ row }) => row.view.name}
      rowHref={({ row }) => featureViewHref(row.view.name)}
      foot={<span>{plural(views.length, "view")}</span>}
    />
  );
}

function Age({ view: { row, watch } }: { view: EndpointView }) {
  const p95 = watch?.ageMs.p95 ?? null;
  if (p95 === null) return <span className="lw-quiet">{noValue}</span>;
  const { ttlUs } = row.facts;
  const age = <strong>{formatDuration(p95)}</strong>;
  const share = shareOfLimit({ ageUs: p95 * 1000, ttlUs });
  if (share === null || ttlUs === null) return <span className="lw-number">{age}</span>;
  return (
    <TargetBar share={share}>
      {age} <span className="lw-quiet">of {formatDuration(ttlUs / 1000)}</span>
    </TargetBar>
  );
}
