import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatPercent, noValue } from "#components/ui/format.ts";
import type { EndpointCosts, WhatIf } from "#server/watch/cost/endpoint/contract.ts";
import { money } from "./money-text.ts";

const kindLabels: Record<WhatIf["kind"], string> = {
  batching: "Batching",
  cache: "Cache",
  replicas: "Machines",
  version: "Other version",
  cascade: "Cascade",
};

/** Renders hypothetical changes, with their estimated monthly savings based on measurements. */
export function WhatIfTable({ costs: { scenarios, currency } }: { costs: EndpointCosts }) {
  const columns: Column<WhatIf>[] = [
    { key: "kind", head: "What", cell: ({ kind }) => kindLabels[kind] },
    { key: "words", head: "Scenario", cell: ({ words }) => words },
    { key: "share", head: "Savings", align: "right", cell: ({ share }) => formatPercent(share, { decimals: 0 }) },
    {
      key: "money",
      head: "A month",
      align: "right",
      cell: ({ perMonth }) => (perMonth === null ? noValue : <strong>{money(perMonth, currency)}</strong>),
    },
    { key: "basis", head: "By", cell: ({ basis }) => <span className="lw-quiet">{basis}</span> },
  ];
  return (
    <DataTable label="Scenarios" rows={scenarios} columns={columns} rowKey={({ kind, words }) => `${kind} ${words}`} />
  );
}
