import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { noValue, plural } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { featureViewHref } from "../../addresses/feature-view-href.ts";
import { materialisationHref } from "../../addresses/materialisation-href.ts";
import { workStates } from "../work-state.ts";
import { describeReading, describeSource, nextReading, type SourceRow } from "./source-text.ts";
import classes from "./sources.module.css";

/** Lists sources of feature views. @param actions of a row */
export function SourcesTable({
  rows,
  now,
  actions,
}: {
  rows: SourceRow[];
  now: Date;
  actions: (row: SourceRow) => ReactNode;
}) {
  const columns: Column<SourceRow>[] = [
    { key: "name", head: "Source", cell: ({ source }) => <strong>{source.name}</strong> },
    { key: "kind", head: "Kind", isClipped: true, width: 260, cell: ({ source }) => describeSource(source) },
    { key: "time", head: "Event time", cell: ({ source }) => <code>{source.eventTimeColumn}</code> },
    {
      key: "views",
      head: "Views",
      cell: ({ views }) =>
        views.length === 0
          ? noValue
          : views.map((view, index) => (
              <span key={view}>
                {index > 0 && ", "}
                <Link href={featureViewHref(view)}>{view}</Link>
              </span>
            )),
    },
    { key: "last", head: "Last materialised", cell: ({ last }) => (last ? <Last last={last} /> : noValue) },
    { key: "next", head: "Next", cell: ({ source, started }) => <Next source={source} started={started} now={now} /> },
    { key: "actions", head: <span className="lw-hidden">Actions</span>, align: "right", cell: actions },
  ];
  return (
    <DataTable
      label="Sources"
      rows={rows}
      columns={columns}
      rowKey={({ source }) => source.name}
      foot={<span>{plural(rows.length, "source")}, by name</span>}
    />
  );
}

/** Renders the buttons of a row beside each other. */
export function RowActions({ children }: { children: ReactNode }) {
  return <span className={classes.actions}>{children}</span>;
}

function Last({ last: { id, state, endedAt, createdAt } }: { last: Materialisation }) {
  const words = workStates[state];
  return (
    <Link href={materialisationHref(id)}>
      <StatusBadge state={words.state}>
        {words.word} <RelativeTime at={endedAt ?? createdAt} />
      </StatusBadge>
    </Link>
  );
}

function Next({ source, started, now }: Pick<SourceRow, "source" | "started"> & { now: Date }) {
  const next = nextReading(source, started, now);
  if (next.kind === "never") return noValue;
  if (next.kind !== "at") return describeReading(next);
  return (
    <>
      {next.at > now ? <RelativeTime at={next.at} /> : "now"}, {describeReading(next)}
    </>
  );
}
