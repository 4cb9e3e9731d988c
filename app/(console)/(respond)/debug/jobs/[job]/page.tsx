import { requireContext } from "#app/_lib/context.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { RunCharts } from "#components/develop/tracking/metrics/run-charts.tsx";
import { jobHref } from "#components/improve/training/addresses.ts";
import { JobState } from "#components/improve/training/jobs/job-state.tsx";
import { MachinePanel, StepTimePanel } from "#components/improve/training/speed/speed-panels.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { openJobStates } from "#server/improve/training/contract.ts";
import { getJobHistory } from "#server/improve/training/history/queries.ts";
import type { TrainingJobDetails } from "#server/improve/training/jobs/contract.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { getJobSpeed } from "#server/improve/training/speed/queries.ts";
import { readRunPage } from "../../../../(develop)/experiments/[experiment]/runs/[run]/read-page.ts";

type Props = PageProps<"/debug/jobs/[job]">;

export async function generateMetadata({ params }: Props) {
  const job = await found(getJob(await requireContext(), (await params).job));
  return { title: `${job.name}, Debug` };
}

export default async function DebugJobPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const job = await found(getJob(ctx, (await params).job));
  const { id, name, state } = job;
  const isOpen = openJobStates.some((each) => each === state);
  return (
    <Page live crumbs={[{ label: "Jobs", href: "/jobs" }, { label: name }]}>
      <LiveRefresh topics={["training"]} id={id} {...(isOpen && { everyMs: 10_000 })} />
      <PageHead
        help="monitoring#debug"
        title={name}
        badges={<JobState state={state} filled />}
        context="Where the time of a training job goes"
        actions={
          <ButtonLink variant="default" href={jobHref(id)}>
            Job
          </ButtonLink>
        }
      />
      <JobBoard ctx={ctx} job={job} address={await searchParams} />
    </Page>
  );
}

async function JobBoard({
  ctx,
  job: { id, runId, spec },
  address,
}: {
  ctx: Context;
  job: TrainingJobDetails;
  address: Record<string, string | string[] | undefined>;
}) {
  const run = await foundOrNot(getRun(ctx, runId));
  if (!run) {
    return (
      <Panel flush>
        <EmptyState title="The run of this job was deleted">Its metrics say where its time went.</EmptyState>
      </Panel>
    );
  }
  const [speed, { attempts }, { initial }] = await Promise.all([
    getJobSpeed(ctx, id),
    getJobHistory(ctx, id),
    readRunPage(ctx, run, "system", address),
  ]);
  return (
    <Stack>
      <Columns>
        <StepTimePanel speed={speed} />
        <MachinePanel speed={speed} asked={spec.resources.gpus} heartbeat={attempts.at(-1)?.heartbeat ?? null} />
      </Columns>
      <span className="lw-muted" data-prose>
        Metrics of the machine, from the run <Link href={runHref(run.experimentId, run.id)}>{run.name}</Link>
      </span>
      <RunCharts run={run} initial={initial} kind="system" />
    </Stack>
  );
}
