import { featureViewHref } from "#components/develop/addresses/feature-view-href.ts";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import type { ServedFeatures } from "#server/serve/features/contract.ts";
import { type ServedLine, servedCount, servedLines } from "./served-rows.ts";

/** Renders what a request got from the feature store: each feature with its value, age, source and status. */
export function ServedFeaturesTable({ features }: { features: ServedFeatures }) {
  const lines = servedLines(features);
  const hasRows = lines.some(({ row }) => row > 0);
  const columns: Column<ServedLine>[] = [
    { key: "feature", head: "Feature", cell: ({ feature }) => feature },
    { key: "view", head: "View", cell: ({ view }) => <a href={featureViewHref(view)}>{view}</a> },
    ...(hasRows ? [{ key: "row", head: "Row", align: "right" as const, cell: ({ row }: ServedLine) => row }] : []),
    { key: "value", head: "Value", align: "right", cell: ({ value }) => value },
    { key: "age", head: "Age", align: "right", cell: ({ age }) => age },
    { key: "source", head: "Source", cell: ({ source }) => source },
    { key: "status", head: "Status", cell: ({ status }) => status },
  ];
  const more = servedCount(features) - lines.length;
  return (
    <DataTable
      label="Features"
      rows={lines}
      columns={columns}
      rowKey={({ key }) => key}
      density="compact"
      foot={more > 0 ? <p className="lw-quiet">{`${formatCount(more)} more values.`}</p> : undefined}
    />
  );
}
