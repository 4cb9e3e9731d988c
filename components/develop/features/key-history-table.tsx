import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { KeyHistoryRow, KeyRows } from "#server/develop/features/keys/contract.ts";
import { cellText, originLabel } from "./cell-text.ts";

interface HistoryRow extends KeyHistoryRow {
  place: number;
}

const columns: Column<HistoryRow>[] = [
  { key: "event", head: "Event", cell: ({ eventAt }) => <RelativeTime at={eventAt / 1000} /> },
  { key: "created", head: "Created", cell: ({ createdAt }) => <RelativeTime at={createdAt / 1000} /> },
  { key: "arrived", head: "Arrived", cell: ({ arrivedAt }) => <RelativeTime at={arrivedAt / 1000} /> },
  {
    key: "delay",
    head: "Delay",
    align: "right",
    cell: ({ eventAt, arrivedAt }) => formatDuration(Math.max(0, arrivedAt - eventAt) / 1000),
  },
  {
    key: "values",
    head: "Values",
    width: 480,
    isClipped: true,
    cell: ({ values }) => {
      const text = values.map(({ name, value }) => `${name} ${cellText(value)}`).join(", ");
      return <span title={text}>{text}</span>;
    },
  },
  { key: "version", head: "Version", cell: ({ version }) => `v${version}` },
  {
    key: "origin",
    head: "Written by",
    cell: ({ origin, isOnline }) => `${originLabel(origin)}${isOnline ? "" : ", history only"}`,
  },
];

/** Lists the rows of a key as they arrived, the newest event first. */
export function KeyHistoryTable({ rows: { history, hasOlder } }: { rows: Pick<KeyRows, "history" | "hasOlder"> }) {
  return (
    <DataTable
      label="History of the key"
      rows={history.map((row, place) => ({ ...row, place }))}
      columns={columns}
      rowKey={({ place }) => String(place)}
      density="compact"
      foot={
        <span>
          {plural(history.length, "row")}, newest event first{hasOlder && "; older rows are not shown"}
        </span>
      }
    />
  );
}
