import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { FeatureView, Projection } from "#server/develop/features/contract.ts";
import { featureViewHref } from "../../addresses/feature-view-href.ts";

interface ViewRow {
  projection: Projection;
  /** Undefined when it was deleted, or is of a kind that clients compute. */
  view: FeatureView | undefined;
  place: number;
}

const columns: Column<ViewRow>[] = [
  {
    key: "view",
    head: "View",
    cell: ({ projection: { view: name }, view }) =>
      view ? <Link href={featureViewHref(name)}>{name}</Link> : <span title="No view with this name">{name}</span>,
  },
  { key: "version", head: "Version", cell: (row) => <Version {...row} /> },
  {
    key: "features",
    head: "Features",
    cell: ({ projection: { features } }) => (features.length === 0 ? "all" : features.join(", ")),
  },
  {
    key: "keys",
    head: "Join keys",
    cell: ({ projection: { joinKeys }, view }) =>
      (view?.current.entities ?? [])
        .map(({ joinKey }) => (joinKeys[joinKey] ? `${joinKey} from ${joinKeys[joinKey]}` : joinKey))
        .join(", ") || noValue,
  },
  { key: "alias", head: "Alias", cell: ({ projection }) => projection.alias ?? noValue },
];

/** Lists the views of a service with their versions and features. */
export function ServiceFeaturesTable({
  projections,
  views,
}: {
  projections: readonly Projection[];
  views: readonly FeatureView[];
}) {
  const rows = projections.map((projection, place) => ({
    projection,
    view: views.find(({ name }) => name === projection.view),
    place,
  }));
  return (
    <DataTable
      label="Features of the service"
      rows={rows}
      columns={columns}
      rowKey={({ place }) => String(place)}
      density="compact"
      foot={<span>{plural(rows.length, "view")}, in the order of the columns</span>}
    />
  );
}

function Version({ projection: { version }, view }: ViewRow) {
  if (!view) return <StatusBadge state="missed">View not found</StatusBadge>;
  const current = view.current.version;
  if (version === null) return `follows, v${current}`;
  if (version === current) return `v${version}, pinned`;
  return <StatusBadge state="watch">{`v${version}, pinned; current v${current}`}</StatusBadge>;
}
