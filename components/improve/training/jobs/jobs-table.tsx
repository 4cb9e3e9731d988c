import type { ReactNode } from "react";
import { Initials } from "#components/develop/tracking/tables/initials.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import type { JobListRow, OverviewRow, SweepListRow } from "#server/improve/training/overview/contract.ts";
import { jobHref, sweepHref } from "../addresses.ts";
import { SweepState } from "../sweeps/sweep-state.tsx";
import { describeProgress, endedTrials } from "../sweeps/sweep-text.ts";
import { AttemptMarks } from "./attempt-marks.tsx";
import { totalSteps } from "./job-progress.ts";
import { JobState } from "./job-state.tsx";
import { describeCost, describeJob, describeSpent, jobDuration, sweepDuration } from "./job-text.ts";
import classes from "./jobs.module.css";

interface JobsTableProps {
  groups: readonly { title: string; note: string; rows: readonly OverviewRow[] }[];
  /** Milliseconds since 1970. */
  now: number;
  empty: ReactNode;
  foot: ReactNode;
}

type Group = { title: string; note: string; count: number };
type Line = { group: Group; row?: never } | { group?: never; row: OverviewRow };

const hrefOf = ({ kind, id }: OverviewRow) => (kind === "job" ? jobHref(id) : sweepHref(id));

/** Lists training jobs and sweeps in groups; on a phone as cards. */
export function JobsTable({ groups, now, empty, foot }: JobsTableProps) {
  const filled = groups.filter(({ rows }) => rows.length > 0);
  if (filled.length === 0) return <>{empty}</>;
  const lines = filled.flatMap(({ title, note, rows }): Line[] => [
    { group: { title, note, count: rows.length } },
    ...rows.map((row) => ({ row })),
  ]);
  return (
    <>
      <div className={classes.table}>
        <DataTable
          label="Training jobs"
          density="dense"
          rows={lines}
          rowKey={({ group, row }) => row?.id ?? group?.title ?? ""}
          rowHref={({ row }) => row && hrefOf(row)}
          isGroup={({ group }) => group !== undefined}
          columns={columnsOf(now)}
          foot={foot}
        />
      </div>
      <div className={classes.cards}>
        {filled.flatMap(({ rows }) =>
          rows.map((row) => (
            <Link className={classes.card} href={hrefOf(row)} key={row.id}>
              <strong className="lw-truncate">{row.name}</strong>
              <State row={row} />
              <span>{row.kind === "job" ? <Progress job={row} /> : <SweepProgress sweep={row} />}</span>
              <span className="lw-small lw-muted">{row.engine ?? noValue}</span>
              <span className="lw-small lw-muted">{costOf(row)}</span>
            </Link>
          )),
        )}
        <div className={classes.foot}>{foot}</div>
      </div>
    </>
  );
}

const costOf = (row: OverviewRow) => (row.kind === "job" ? describeCost(row) : describeSpent(row));

function State({ row }: { row: OverviewRow }) {
  if (row.kind === "job") return <JobState state={row.state} />;
  return row.state === "running" && row.group === "queued" ? (
    <JobState state="waiting" />
  ) : (
    <SweepState state={row.state} />
  );
}

function columnsOf(now: number): Column<Line>[] {
  const columns: (Omit<Column<Line>, "cell"> & { of: (row: OverviewRow) => ReactNode })[] = [
    {
      key: "name",
      head: "Job",
      width: 250,
      isClipped: true,
      of: ({ kind, name, id }) => (
        <span className={classes.name} title={name}>
          <span className="lw-truncate">{name}</span>
          <span className={classes.id}>{kind === "job" ? shortId(id) : "sweep"}</span>
        </span>
      ),
    },
    {
      key: "template",
      head: "Template",
      width: 140,
      isClipped: true,
      of: ({ template }) => (template === null ? noValue : <span title={template}>{template}</span>),
    },
    { key: "state", head: "State", of: (row) => <State row={row} /> },
    {
      key: "engine",
      head: "Engine",
      width: 150,
      isClipped: true,
      of: ({ engine }) => (engine === null ? noValue : <span title={engine}>{engine}</span>),
    },
    {
      key: "progress",
      head: "Progress or reason",
      width: 200,
      of: (row) => (row.kind === "job" ? <Progress job={row} /> : <SweepProgress sweep={row} />),
    },
    {
      key: "attempts",
      head: "Attempts",
      of: (row) =>
        row.kind === "job" ? <AttemptMarks attempts={row.attempts} now={now} /> : formatCount(row.attempts),
    },
    {
      key: "duration",
      head: "Duration",
      align: "right",
      of: (row) => (row.kind === "job" ? jobDuration(row, now) : sweepDuration(row, now)),
    },
    { key: "cost", head: "Cost", align: "right", of: costOf },
    {
      key: "user",
      head: "User",
      of: (row) => <Initials name={row.kind === "job" ? row.submittedBy : row.createdBy} />,
    },
  ];
  return columns.map(({ of, ...column }, at) => ({
    ...column,
    ...(at === 0 && { span: ({ group }: Line) => (group ? columns.length : 1) }),
    cell: ({ group, row }) =>
      row ? (
        of(row)
      ) : at === 0 ? (
        <span className={classes.group}>
          <strong>
            {group.title}, {formatCount(group.count)}
          </strong>{" "}
          {group.note}
        </span>
      ) : null,
  }));
}

function Bar({ share }: { share: number }) {
  return (
    <span className={classes.bar} aria-hidden="true">
      <span style={{ width: `${Math.min(1, share) * 100}%` }} />
    </span>
  );
}

function Progress({ job }: { job: JobListRow }) {
  const total = job.state === "running" && job.lastStep !== null ? totalSteps(job.parameters) : null;
  const isMissed = job.state === "failed" || job.state === "lost";
  return (
    <span className={classes.reason} data-missed={isMissed || undefined}>
      {total !== null && <Bar share={(job.lastStep ?? 0) / total} />}
      <span>
        {describeJob(job)}
        {job.state === "running" && job.attention !== null && ` ${job.attention}`}
      </span>
    </span>
  );
}

function SweepProgress({ sweep }: { sweep: SweepListRow }) {
  return (
    <span className={classes.reason}>
      {sweep.group !== "ended" && <Bar share={endedTrials(sweep.counts) / sweep.trials} />}
      <span>
        {describeProgress(sweep)}
        {sweep.attention !== null && `. ${sweep.attention}`}
      </span>
    </span>
  );
}

/** The last characters are random; the first ones are the time. */
function shortId(id: string): string {
  return `…${id.slice(-4)}`;
}
