import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import type { TrainingSet } from "#server/develop/features/training-sets/contract.ts";
import { featureViewHref } from "../../addresses/feature-view-href.ts";
import { cutoffLabels } from "./training-set-text.ts";

interface JoinedView {
  place: number;
  view: string;
  version: number;
  cutoff: string;
  ttlUs: number | null;
  features: string[];
  /** Null until the history was read. */
  history: { files: number; rows: number; arrivals: number } | null;
}

const columns: Column<JoinedView>[] = [
  {
    key: "view",
    head: "View",
    cell: ({ view, version }) => (
      <>
        <Link href={featureViewHref(view)}>{view}</Link> v{version}
      </>
    ),
  },
  { key: "features", head: "Features", cell: ({ features }) => features.join(", ") },
  { key: "cutoff", head: "Cut-off", cell: ({ cutoff }) => cutoff },
  {
    key: "ttl",
    head: "TTL",
    align: "right",
    cell: ({ ttlUs }) => (ttlUs === null ? "none" : formatDuration(ttlUs / 1000)),
  },
  {
    key: "history",
    head: "History",
    align: "right",
    cell: ({ history }) => (history === null ? noValue : describeHistory(history)),
  },
];

function describeHistory({ files, rows, arrivals }: NonNullable<JoinedView["history"]>): string {
  const waiting = `${plural(arrivals, "row")} not packed`;
  if (files === 0) return waiting;
  return `${plural(files, "file")} with ${plural(rows, "row")}${arrivals > 0 ? `, ${waiting}` : ""}`;
}

/** Lists the views that were joined, with the version and the history of each. */
export function JoinedViewsTable({ set: { request, record } }: { set: Pick<TrainingSet, "request" | "record"> }) {
  const rows = request.views.map((each, place): JoinedView => {
    const made = record?.views[place];
    return {
      place,
      view: each.view,
      version: each.version,
      cutoff: cutoffLabels[each.cutoff],
      ttlUs: each.ttlUs,
      features: request.features.filter(({ view }) => view === place).map(({ feature }) => feature),
      history: made
        ? {
            files: made.files.length,
            rows: made.files.reduce((sum, file) => sum + file.rows, 0),
            arrivals: made.arrivals,
          }
        : null,
    };
  });
  return (
    <DataTable
      label="Joined views"
      rows={rows}
      columns={columns}
      rowKey={({ place }) => String(place)}
      density="compact"
    />
  );
}
