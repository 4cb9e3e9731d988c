import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { FeatureArrival, FeatureView } from "#server/develop/features/contract.ts";
import { featureKeyHref } from "../addresses/feature-view-href.ts";
import { cellText, cellTexts, originLabel } from "./cell-text.ts";
import { keyText } from "./key-text.ts";

interface ArrivalRow extends FeatureArrival {
  place: number;
}

/** Lists the newest rows of a view that arrived. */
export function ArrivalsTable({ view, arrivals }: { view: FeatureView; arrivals: FeatureArrival[] }) {
  const keys = view.current.entities.map(({ joinKey }) => joinKey).join(", ");
  const columns: Column<ArrivalRow>[] = [
    { key: "keys", head: keys || "Key", cell: (row) => <code>{cellTexts(row.keys) || "(none)"}</code> },
    {
      key: "values",
      head: "Values",
      width: 520,
      isClipped: true,
      cell: (row) => row.values.map(({ name, value }) => `${name} ${cellText(value)}`).join(", "),
    },
    { key: "event", head: "Event", cell: (row) => <RelativeTime at={row.eventAt / 1000} /> },
    { key: "arrival", head: "Arrived", cell: (row) => <RelativeTime at={row.arrivedAt / 1000} /> },
    { key: "newest", head: "Newest of its key", cell: (row) => (row.isNewest ? "yes" : "older") },
    { key: "origin", head: "Written by", cell: (row) => originLabel(row.origin) },
  ];
  return (
    <DataTable
      label="Newest arrivals"
      rows={arrivals.map((arrival, place) => ({ ...arrival, place }))}
      columns={columns}
      rowKey={(row) => String(row.place)}
      rowHref={(row) =>
        featureKeyHref(
          view.name,
          row.keys.map((value, place) => keyText(view.current.entities[place]?.type ?? "string", value)),
        )
      }
      density="compact"
    />
  );
}
