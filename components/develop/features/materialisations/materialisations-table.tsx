import type { ReactNode } from "react";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import { Moment, RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { materialisationHref } from "../../addresses/materialisation-href.ts";
import { WorkProgress } from "../work-progress.tsx";
import { isInProgress, workStates } from "../work-state.ts";
import { describeInput, describeShare, describeTrigger } from "./materialisation-text.ts";
import classes from "./materialisations.module.css";

const columns: Column<Materialisation>[] = [
  { key: "view", head: "View", cell: ({ view }) => <strong>{view}</strong> },
  {
    key: "state",
    head: "State",
    cell: ({ state }) => <StatusBadge state={workStates[state].state}>{workStates[state].word}</StatusBadge>,
  },
  { key: "input", head: "Reads", isClipped: true, width: 190, cell: ({ input }) => describeInput(input) || noValue },
  { key: "range", head: "Range", cell: (work) => <EventRange work={work} /> },
  { key: "progress", head: "Rows read", cell: (work) => <Progress work={work} /> },
  { key: "rejected", head: "Rejected", align: "right", cell: ({ rowsRejected }) => formatCount(rowsRejected) },
  {
    key: "took",
    head: "Duration",
    align: "right",
    cell: ({ startedAt, endedAt, secondsLeft }) =>
      startedAt && endedAt
        ? formatDuration(endedAt.getTime() - startedAt.getTime())
        : secondsLeft !== null
          ? `${formatDuration(Math.ceil(secondsLeft) * 1000)} left`
          : noValue,
  },
  { key: "trigger", head: "Started", cell: describeTrigger },
  { key: "at", head: "When", cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
];

/** Lists materialisations. */
export function MaterialisationsTable({ work, foot }: { work: Materialisation[]; foot?: ReactNode }) {
  return (
    <DataTable
      label="Materialisations"
      rows={work}
      columns={columns}
      rowKey={({ id }) => id}
      rowHref={({ id }) => materialisationHref(id)}
      foot={foot}
    />
  );
}

function Progress({ work }: { work: Materialisation }) {
  if (!isInProgress(work)) return formatCount(work.rowsRead);
  return (
    <span className={classes.progress}>
      <WorkProgress label={`Rows read for ${work.view}`} done={work.rowsRead} total={work.rowsTotal} />
      <span className="lw-number">{describeShare(work) || formatCount(work.rowsRead)}</span>
    </span>
  );
}

/** Renders the event times that are read. */
export function EventRange({ work: { fromEventAt, toEventAt } }: { work: Materialisation }) {
  return (
    <>
      {fromEventAt === null ? "first row" : <Moment at={fromEventAt / 1000} />} to <Moment at={toEventAt / 1000} />
    </>
  );
}
