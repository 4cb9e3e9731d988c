import { IconPlus, IconServerCog, IconTemplate } from "@tabler/icons-react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { KeyLink } from "#components/develop/features/key-link.tsx";
import {
  enginesPath,
  jobsPath,
  newJobHref,
  sweepsPath,
  templatesPath,
} from "#components/improve/training/addresses.ts";
import { CapacityStrip } from "#components/improve/training/jobs/capacity-strip.tsx";
import { JobKeys } from "#components/improve/training/jobs/job-keys.tsx";
import { describeCounts } from "#components/improve/training/jobs/job-text.ts";
import { JobsSearch } from "#components/improve/training/jobs/jobs-search.tsx";
import { JobsTable } from "#components/improve/training/jobs/jobs-table.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { formatCountOf, formatNewest } from "#components/ui/format.ts";
import { formatRelative } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { PageHead } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { openJobStates } from "#server/improve/training/contract.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { JobFilter, jobFilters, OverviewCursor, type OverviewRow } from "#server/improve/training/overview/contract.ts";
import { listJobsOverview, listTrainingBudgets } from "#server/improve/training/overview/queries.ts";
import { stopJobAction } from "./actions.ts";

export const metadata = { title: "Jobs" };

const labels: Record<JobFilter, string> = {
  all: "All",
  queued: "Queued",
  running: "Running",
  attention: "Needs attention",
  ended: "Ended",
};

export default async function JobsPage({ searchParams }: PageProps<"/jobs">) {
  const { state, q: asked, before: cursor } = await searchParams;
  const show = JobFilter.catch("all").parse(state);
  const q = typeof asked === "string" ? asked.trim().slice(0, 200) : "";
  const ctx = await requireContext();
  const now = Date.now();
  const before = OverviewCursor.optional().catch(undefined).parse(cursor);
  const [{ rows, ended, next, counts, rowCounts, uses }, engines, budgets] = await Promise.all([
    listJobsOverview(ctx, { show, search: q, ...(before !== undefined && { before }) }, now),
    listEngines(ctx),
    listTrainingBudgets(ctx, now),
  ]);
  const why = denialReason(ctx.actor.role, "submitJob");
  const address = (changes: Record<string, string>) => {
    const query = new URLSearchParams({ ...(show !== "all" && { state: show }), ...(q && { q }), ...changes });
    if (query.get("state") === "all") query.delete("state");
    return query.size === 0 ? jobsPath : `${jobsPath}?${query}`;
  };
  return (
    <Page crumbs={[{ label: "Jobs" }]} live>
      <LiveRefresh topics={["training"]} everyMs={10_000} />
      <PageHead
        help="training#why-a-job-waits"
        title="Jobs"
        context={describeCounts(counts)}
        actions={
          <>
            <ButtonLink
              href={templatesPath}
              variant="default"
              leftSection={<IconTemplate size={15} stroke={1.8} aria-hidden="true" />}
            >
              Templates
            </ButtonLink>
            <ButtonLink
              href={enginesPath}
              variant="default"
              leftSection={<IconServerCog size={15} stroke={1.8} aria-hidden="true" />}
            >
              Engines
            </ButtonLink>
            <KeyLink
              href={newJobHref()}
              letter="N"
              icon={<IconPlus size={15} stroke={1.8} aria-hidden="true" />}
              why={why ?? (engines.length === 0 ? "add an engine first" : undefined)}
              primary
            >
              Submit job…
            </KeyLink>
          </>
        }
      />
      {engines.length > 0 && <CapacityStrip engines={engines} uses={uses} budgets={budgets} />}
      <Tabs
        label="Jobs by state"
        items={[
          ...jobFilters.map((each) => ({
            label: labels[each],
            href: address({ state: each }),
            current: each === show,
            ...(each !== "ended" && { count: rowCounts[each] }),
          })),
          { label: "Sweeps", href: sweepsPath, current: false },
        ]}
        right={<JobsSearch value={q} state={show} />}
      />
      <Panel flush>
        <JobsTable
          groups={groupsOf(rows)}
          now={now}
          empty={<Empty hasEngines={engines.length > 0} isFiltered={show !== "all" || q !== ""} />}
          foot={
            <>
              <span>{describeRows(rows, { ended, isFirst: before === undefined, all: rowCounts.all })}</span>
              {before !== undefined && <Link href={address({})}>Newest</Link>}
              {next !== null && <Link href={address({ before: next })}>Older</Link>}
            </>
          }
        />
      </Panel>
      <JobKeys
        open={rows
          .filter((row) => row.kind === "job")
          .filter((row) => !isEnded(row))
          .map(({ id, name, state, checkpointAt, limits }) => ({
            id,
            name,
            isWaiting: state === "waiting",
            checkpoint: checkpointAt && `its newest checkpoint, saved ${formatRelative(checkpointAt, now)}`,
            graceSeconds: limits.graceSeconds,
          }))}
        stop={stopJobAction}
        actorName={ctx.actor.name}
        why={denialReason(ctx.actor.role, "stopJob")}
      />
    </Page>
  );
}

const isEnded = (row: OverviewRow) =>
  row.kind === "job" ? !openJobStates.some((each) => each === row.state) : row.group === "ended";

const isQueued = (row: OverviewRow) => (row.kind === "job" ? row.state === "waiting" : row.group === "queued");

function groupsOf(rows: OverviewRow[]) {
  const last = Number.MAX_SAFE_INTEGER;
  return [
    {
      title: "Queued",
      note: "in start order: priority, fair share, age",
      rows: rows.filter(isQueued).toSorted((a, b) => (a.place ?? last) - (b.place ?? last)),
    },
    {
      title: "Running",
      note: "oldest first",
      rows: rows.filter((row) => !isQueued(row) && !isEnded(row)),
    },
    { title: "Ended", note: "newest first", rows: rows.filter(isEnded) },
  ];
}

/** Formats "12 of 213 jobs and sweeps" or, where there are pages, "Newest 50 of 201 that have ended". */
function describeRows(
  rows: readonly OverviewRow[],
  { ended, isFirst, all }: { ended: number; isFirst: boolean; all: number },
): string {
  const shown = rows.filter(isEnded).length;
  if (isFirst && shown === ended) return `${formatCountOf(rows.length, all)} jobs and sweeps`;
  return `${formatNewest(shown, ended, { isFirst })} that have ended`;
}

function Empty({ hasEngines, isFiltered }: { hasEngines: boolean; isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState title="No matching jobs" action={<Link href={jobsPath}>Show all jobs</Link>}>
        No job in this state matches by name, ID, template or engine.
      </EmptyState>
    );
  }
  return hasEngines ? (
    <EmptyState title="No jobs yet" action={<Link href={newJobHref()}>Submit a job</Link>}>
      A job runs a command on an engine. Leeway stores its log, checkpoints and run, and resumes it from the newest
      checkpoint after a preemption.
    </EmptyState>
  ) : (
    <EmptyState title="No engines yet" action={<Link href={`${enginesPath}/new`}>Add an engine</Link>}>
      Jobs run on engines: this machine, Ray, Kubernetes or Slurm.
    </EmptyState>
  );
}
