import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { LinkedView } from "#server/develop/lineage/contract.ts";
import { featureViewHref } from "../addresses/feature-view-href.ts";

interface LinkedRow extends LinkedView {
  place: number;
}

/** Lists the feature views that something reads or uses; nothing without any. @param through what the column of the same name holds */
export function LinkedViews({
  views,
  subtitle,
  through,
}: {
  views: LinkedView[];
  subtitle: string;
  through?: string | undefined;
}) {
  if (views.length === 0) return null;
  const columns: Column<LinkedRow>[] = [
    { key: "view", head: "View", cell: ({ view }) => <code>{view}</code> },
    {
      key: "features",
      head: "Features",
      width: 420,
      isClipped: true,
      cell: ({ isFrom, features }) => (isFrom ? "its rows come from the dataset" : features.join(", ") || noValue),
    },
    ...(through
      ? [
          {
            key: "through",
            head: through,
            cell: (row: LinkedRow) => row.through ?? noValue,
          } satisfies Column<LinkedRow>,
        ]
      : []),
  ];
  return (
    <Panel title="Feature views" subtitle={subtitle} flush>
      <DataTable
        label="Feature views"
        rows={views.map((view, place) => ({ ...view, place }))}
        columns={columns}
        rowKey={({ place }) => String(place)}
        rowHref={({ view }) => featureViewHref(view)}
        density="compact"
        foot={<span>{plural(views.length, "link")}</span>}
      />
    </Panel>
  );
}
