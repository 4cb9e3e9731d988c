import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue, plural } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { FeatureReject } from "#server/develop/features/materialisations/contract.ts";
import classes from "./materialisations.module.css";

interface RejectsTableProps {
  rejects: FeatureReject[];
  /** Of all rejected rows; more are counted than kept. */
  total: number;
  /** Columns with times, as microseconds since 1970. */
  timeColumns: readonly string[];
}

/** Lists rows that broke the contract of their view. */
export function RejectsTable({ rejects, total, timeColumns }: RejectsTableProps) {
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
            .map(([name, value]) => `${name} ${cellText(value, timeColumns.includes(name))}`)
            .join(", ")}
        </span>
      ),
    },
    { key: "at", head: "When", cell: ({ at }) => <RelativeTime at={at} /> },
  ];

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

function cellText(value: unknown, isTime: boolean): string {
  if (isTime && Number.isSafeInteger(Number(value)) && value !== null && value !== "") {
    const at = new Date(Number(value) / 1000);
    if (!Number.isNaN(at.getTime())) return at.toISOString();
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
