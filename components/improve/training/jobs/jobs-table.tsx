import Link from "next/link";
import type { ReactNode } from "react";
import { Initials } from "#components/develop/tracking/tables/initials.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount, noValue } from "#components/ui/format.ts";
import type { JobListRow } from "#server/improve/training/overview/contract.ts";
import { jobHref } from "../addresses.ts";
import { AttemptMarks } from "./attempt-marks.tsx";
import { totalSteps } from "./job-progress.ts";
import { JobState } from "./job-state.tsx";
import { describeCost, describeJob, jobDuration } from "./job-text.ts";
import classes from "./jobs.module.css";

interface JobsTableProps {
  groups: readonly { title: string; note: string; jobs: readonly JobListRow[] }[];
  /** Milliseconds since 1970. */
  now: number;
  empty: ReactNode;
  foot: ReactNode;
}

type Line = { group: { title: string; note: string; count: number }; job?: never } | { group?: never; job: JobListRow };

/** Lists training jobs in groups; on a phone as cards. */
export function JobsTable({ groups, now, empty, foot }: JobsTableProps) {
  const filled = groups.filter(({ jobs }) => jobs.length > 0);
  if (filled.length === 0) return <>{empty}</>;
  const rows = filled.flatMap(({ title, note, jobs }): Line[] => [
    { group: { title, note, count: jobs.length } },
    ...jobs.map((job) => ({ job })),
  ]);
  return (
    <>
      <div className={classes.table}>
        <DataTable
          label="Training jobs"
          density="dense"
          rows={rows}
          rowKey={({ group, job }) => job?.id ?? group?.title ?? ""}
          rowHref={({ job }) => job && jobHref(job.id)}
          isGroup={({ group }) => group !== undefined}
          columns={columnsOf(now)}
          foot={foot}
        />
      </div>
      <div className={classes.cards}>
        {filled.flatMap(({ jobs }) =>
          jobs.map((job) => (
            <Link className={classes.card} href={jobHref(job.id)} key={job.id}>
              <strong className="lw-truncate">{job.name}</strong>
              <JobState state={job.state} />
              <span>
                <Progress job={job} />
              </span>
              <span className="lw-small lw-muted">{job.engine ?? noValue}</span>
              <span className="lw-small lw-muted">{describeCost(job)}</span>
            </Link>
          )),
        )}
      </div>
    </>
  );
}

function columnsOf(now: number): Column<Line>[] {
  const columns: (Omit<Column<Line>, "cell"> & { of: (job: JobListRow) => ReactNode })[] = [
    {
      key: "name",
      head: "Job",
      width: 176,
      isClipped: true,
      of: ({ name, id }) => (
        <span className={classes.name} title={name}>
          <span className="lw-truncate">{name}</span>
          <span className={classes.id}>{shortId(id)}</span>
        </span>
      ),
    },
    {
      key: "template",
      head: "Template",
      width: 104,
      isClipped: true,
      of: ({ template }) => (template === null ? noValue : <span title={template}>{template}</span>),
    },
    { key: "state", head: "State", of: ({ state }) => <JobState state={state} /> },
    {
      key: "engine",
      head: "Engine",
      width: 96,
      isClipped: true,
      of: ({ engine }) => (engine === null ? noValue : <span title={engine}>{engine}</span>),
    },
    { key: "progress", head: "Progress or reason", width: 300, of: (job) => <Progress job={job} /> },
    { key: "attempts", head: "Attempts", of: ({ attempts }) => <AttemptMarks attempts={attempts} now={now} /> },
    { key: "duration", head: "Duration", align: "right", of: (job) => jobDuration(job, now) },
    { key: "cost", head: "Cost", align: "right", of: (job) => describeCost(job) },
    { key: "user", head: "User", of: ({ submittedBy }) => <Initials name={submittedBy} /> },
  ];
  return columns.map(({ of, ...column }, at) => ({
    ...column,
    ...(at === 0 && { span: ({ group }: Line) => (group ? columns.length : 1) }),
    cell: ({ group, job }) =>
      job ? (
        of(job)
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

function Progress({ job }: { job: JobListRow }) {
  const total = job.state === "running" && job.lastStep !== null ? totalSteps(job.parameters) : null;
  const isMissed = job.state === "failed" || job.state === "lost";
  return (
    <span className={classes.reason} data-missed={isMissed || undefined}>
      {total !== null && (
        <span className={classes.bar} aria-hidden="true">
          <span style={{ width: `${Math.min(1, (job.lastStep ?? 0) / total) * 100}%` }} />
        </span>
      )}
      <span>
        {describeJob(job)}
        {job.state === "running" && job.attention !== null && ` ${job.attention}`}
      </span>
    </span>
  );
}

/** The last characters are random; the first ones are the time. */
function shortId(id: string): string {
  return `…${id.slice(-4)}`;
}
