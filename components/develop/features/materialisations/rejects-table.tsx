import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { FeatureReject } from "#server/develop/features/materialisations/contract.ts";
import classes from "./materialisations.module.css";

const columns: Column<FeatureReject>[] = [
  { key: "reason", head: "Reason", cell: ({ reason }) => reason },
  { key: "column", head: "Column", cell: ({ column }) => (column === null ? noValue : <code>{column}</code>) },
  {
    key: "row",
    head: "Row",
    width: 520,
    cell: ({ row }) => (
      <span className={classes.cells}>
        {Object.entries(row)
          .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
          .join(", ")}
      </span>
    ),
  },
  { key: "at", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
];

/** Lists rows that broke the contract of their view. @param total of them; more are counted than kept */
export function RejectsTable({ rejects, total }: { rejects: FeatureReject[]; total: number }) {
  return (
    <DataTable
      label="Rejected rows"
      rows={rejects}
      columns={columns}
      rowKey={({ id }) => String(id)}
      density="compact"
      maxHeight="420px"
      foot={
        <span>
          {rejects.length < total
            ? `${formatCount(rejects.length)} of ${plural(total, "rejected row")}, newest first`
            : `${plural(rejects.length, "rejected row")}, newest first`}
        </span>
      }
    />
  );
}
