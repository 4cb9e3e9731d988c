import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, formatNumber, formatUnit } from "#components/ui/format.ts";
import type { Kpi } from "#server/report/kpis/contract.ts";
import { kpiHref } from "./addresses.ts";

const columns: Column<Kpi>[] = [
  { key: "name", head: "KPI", cell: ({ name }) => name },
  {
    key: "description",
    head: "Description",
    cell: ({ definition }) => <span className="lw-muted">{definition.description || "no description"}</span>,
  },
  { key: "better", head: "Better", cell: ({ definition }) => definition.better },
  { key: "events", head: "Events, 30 days", align: "right", cell: ({ events }) => formatCount(events) },
  {
    key: "value",
    head: "Value",
    align: "right",
    cell: ({ value, definition: { unit } }) => (unit ? formatUnit(value, unit) : formatNumber(value)),
  },
  {
    key: "unattributed",
    head: "Without a prediction",
    align: "right",
    cell: ({ unattributed }) => formatCount(unattributed),
  },
];

/** Lists the KPIs with their values of the last 30 days. */
export function KpisTable({ kpis }: { kpis: readonly Kpi[] }) {
  return (
    <DataTable
      label="Business KPIs"
      rows={kpis}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ name }) => kpiHref(name)}
    />
  );
}
