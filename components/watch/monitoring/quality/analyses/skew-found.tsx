import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCountOf, formatPercent, noValue } from "#components/ui/format.ts";
import { NamedText } from "#components/ui/named-text.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { SkewedFeature, SkewResult } from "#server/watch/monitoring/quality/skew/contract.ts";
import { intervalText } from "../quality-text.ts";

/** Features by how often what was served is not what the dataset says, each with the first row where it is not. */
export function SkewFound({ found }: { found: SkewResult }) {
  const isSkewed = found.features.some(({ disagreeing }) => disagreeing > 0);
  const state = found.matched === 0 ? "no-data" : isSkewed ? "watch" : "on-target";
  return (
    <>
      <p>
        <StatusBadge state={state}>
          {found.matched === 0 ? "No data" : isSkewed ? "Skew detected" : "Identical"}
        </StatusBadge>{" "}
        <NamedText>{found.words}</NamedText>
      </p>
      {found.features.length > 0 && (
        <DataTable
          label="Features by disagreement"
          rows={found.features}
          columns={columns}
          rowKey={({ feature }) => feature}
          density="compact"
          maxHeight="320px"
        />
      )}
    </>
  );
}

const columns: Column<SkewedFeature>[] = [
  { key: "feature", head: "Feature", cell: ({ feature }) => <code>{feature}</code> },
  { key: "share", head: "Disagree", align: "right", cell: ({ share }) => formatPercent(share) },
  {
    key: "interval",
    head: "95%",
    align: "right",
    cell: ({ interval }) => intervalText("accuracy", interval) ?? noValue,
  },
  {
    key: "rows",
    head: "Rows",
    align: "right",
    cell: ({ disagreeing, compared }) => formatCountOf(disagreeing, compared),
  },
  {
    key: "example",
    head: "First",
    cell: ({ examples: [first] }) =>
      first ? `${first.key}: ${text(first.served)} served, ${text(first.recomputed)} expected` : noValue,
  },
];

function text(value: SkewedFeature["examples"][number]["served"]): string {
  return value === null ? "nothing" : String(value);
}
