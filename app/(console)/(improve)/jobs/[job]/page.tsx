import { cache } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { found, foundOrNot } from "#app/_lib/found.ts";
import { runHref } from "#components/develop/addresses/run-href.ts";
import { LineageLink } from "#components/develop/lineage/lineage-link.tsx";
import { RunHealth } from "#components/develop/tracking/health/run-health.tsx";
import { RunCharts } from "#components/develop/tracking/metrics/run-charts.tsx";
import { debugJobHref, engineHref, jobHref, sweepHref, templateHref } from "#components/improve/training/addresses.ts";
import { attemptStrip } from "#components/improve/training/job/attempt-strip.ts";
import { AttemptsPanel } from "#components/improve/training/job/attempts-panel.tsx";
import { CheckpointsPanel } from "#components/improve/training/job/checkpoints-panel.tsx";
import { ReproducibilityPanel, ResourcesPanel } from "#components/improve/training/job/facts-panels.tsx";
import { JobActions } from "#components/improve/training/job/job-actions.tsx";
import { jobSentence } from "#components/improve/training/job/job-sentence.ts";
import { JobTiles } from "#components/improve/training/job/job-tiles.tsx";
import { PreemptJob } from "#components/improve/training/job/preempt-job.tsx";
import { redoneSpans } from "#components/improve/training/job/redone-spans.ts";
import { jobProgress } from "#components/improve/training/jobs/job-progress.ts";
import { JobState } from "#components/improve/training/jobs/job-state.tsx";
import { LogView } from "#components/improve/training/log/log-view.tsx";
import { RerunExactly } from "#components/improve/training/rerun/rerun-exactly.tsx";
import { RerunsPanel } from "#components/improve/training/rerun/reruns-panel.tsx";
import { VerdictPanel } from "#components/improve/training/rerun/verdict-panel.tsx";
import { LiveRefresh } from "#components/shell/live-refresh.tsx";
import { Page } from "#components/shell/page.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Columns, PageHead, Stack } from "#components/ui/page-head.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { ClockTime } from "#components/ui/relative-time.tsx";
import { EmptyState, StaleLine } from "#components/ui/states.tsx";
import type { Context } from "#server/base/context.ts";
import type { RedoneSpan } from "#server/develop/tracking/metrics/contract.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { reachedStep } from "#server/improve/training/attempts/contract.ts";
import { listTrainingCheckpoints } from "#server/improve/training/checkpoints/queries.ts";
import { openJobStates } from "#server/improve/training/contract.ts";
import { listEngines } from "#server/improve/training/engines/queries.ts";
import { getJobHistory } from "#server/improve/training/history/queries.ts";
import { getJob } from "#server/improve/training/jobs/queries.ts";
import { countReruns, listReruns } from "#server/improve/training/reproducibility/queries.ts";
import { readRunPage } from "../../../(develop)/experiments/[experiment]/runs/[run]/read-page.ts";
import { checkRerunAction, preemptJobAction, rerunJobAction, stopJobAction } from "../actions.ts";
import { readVerdict } from "./read-verdict.ts";

type Props = PageProps<"/jobs/[job]">;

/** Read once for the title and the page. */
const readJob = cache(async (id: string) => getJob(await requireContext(), id));

export async function generateMetadata({ params }: Props) {
  const job = await found(readJob((await params).job));
  return { title: `${job.name}, Jobs` };
}

export default async function JobPage({ params, searchParams }: Props) {
  const ctx = await requireContext();
  const address = await searchParams;
  const job = await found(readJob((await params).job));
  const history = await getJobHistory(ctx, job.id);
  const verdict = await readVerdict(ctx, job);
  const showsReruns = address.reruns === "more";
  const reruns = await listReruns(ctx, job.id, { limit: showsReruns ? 200 : 20 });
  const checkpoints = await listTrainingCheckpoints(ctx, job.id);
  const engine = (await listEngines(ctx)).find((each) => each.name === job.engine);
  const now = Date.now();
  const { id, name, state, spec, stopRequest } = job;
  const isOpen = openJobStates.some((each) => each === state);
  const attempts = job.attempts.map((attempt, at) => ({
    ...attempt,
    resumedFrom: history.attempts[at]?.resumedFrom ?? null,
  }));
  const present = attempts.at(-1);
  const progress = jobProgress({
    parameters: spec.parameters,
    lastStep: reachedStep(attempts),
    fromStep: present?.fromStep ?? null,
    startedAt: present?.startedAt?.getTime() ?? null,
    heartbeatAt: (present?.endedAt ?? present?.heartbeatAt)?.getTime() ?? null,
  });
  const leftMs = state === "running" ? (progress?.leftMs ?? null) : null;
  const saved = checkpoints.find(({ tornAt, removedAt }) => !tornAt && !removedAt);
  const silentSince = isOpen ? (history.attempts.at(-1)?.silentSince ?? null) : null;
  const shownAttempts = attempts.map(({ number, host }) => ({ number, host }));
  const wanted = Number(typeof address.attempt === "string" ? address.attempt : Number.NaN);
  const attempt = shownAttempts.some(({ number }) => number === wanted) ? wanted : null;
  return (
    <Page live crumbs={[{ label: "Jobs", href: "/jobs" }, { label: name }]}>
      <LiveRefresh topics={["training"]} id={id} {...(isOpen && { everyMs: 10_000 })} />
      <PageHead
        help="training#how-a-job-ends"
        title={name}
        badges={<JobState state={state} filled />}
        context={
          <>
            <code>{id}</code>
            <CopyButton value={id} label="Copy the id" />
            {job.engine !== null && (
              <span>
                on <Link href={engineHref(job.engine)}>{job.engine}</Link>
              </span>
            )}
            {job.template !== null && (
              <span>
                template <Link href={templateHref(job.template)}>{job.template}</Link>
              </span>
            )}
            {job.sweepId !== null && (
              <span>
                trial {job.trial} of <Link href={sweepHref(job.sweepId)}>a sweep</Link>
              </span>
            )}
            <span>by {job.submittedBy}</span>
            <LineageLink kind="job" id={id} />
          </>
        }
        sentence={jobSentence(job, history, leftMs)}
        actions={
          <>
            <ButtonLink variant="default" href={debugJobHref(id)}>
              Debug
            </ButtonLink>
            {state === "running" && engine?.kind === "local" && (
              <PreemptJob
                job={{ id, name, graceSeconds: spec.limits.graceSeconds, hasCheckpoint: saved !== undefined }}
                preempt={preemptJobAction}
                actorName={ctx.actor.name}
                why={denialReason(ctx.actor.role, "preemptJob") ?? (stopRequest ? "already stopping" : undefined)}
              />
            )}
            <RerunExactly
              job={{ id, name }}
              check={checkRerunAction}
              rerun={rerunJobAction}
              why={denialReason(ctx.actor.role, "rerunJob")}
              isAsked={address.rerun === "exact"}
            />
            <JobActions
              job={{
                id,
                name,
                isWaiting: state === "waiting",
                checkpoint: saved
                  ? `the checkpoint ${saved.name}${saved.step === null ? "" : `, of step ${formatCount(saved.step)}`}`
                  : null,
                graceSeconds: spec.limits.graceSeconds,
              }}
              isOpen={isOpen}
              isStopping={isOpen && stopRequest !== null && stopRequest.cause !== "preempted"}
              stop={stopJobAction}
              actorName={ctx.actor.name}
              why={{ submit: denialReason(ctx.actor.role, "submitJob"), stop: denialReason(ctx.actor.role, "stopJob") }}
            />
          </>
        }
      />
      {silentSince && (
        <StaleLine>
          No heartbeat since <ClockTime at={silentSince} seconds />. Leeway checks the engine; after 5 minutes without a
          heartbeat, the attempt is fenced and the job resumes from its newest checkpoint.
        </StaleLine>
      )}
      <JobTiles job={job} history={history} progress={progress} leftMs={leftMs} />
      <AttemptsPanel
        jobId={id}
        strip={attemptStrip({ ...job, attempts, checkpoints, losses: history.losses, leftMs, now })}
        attempts={shownAttempts}
        isOpen={isOpen}
      />
      {verdict && <VerdictPanel {...verdict} />}
      <Columns columns="minmax(0, 1fr) 376px">
        <Stack>
          <JobCurves ctx={ctx} runId={job.runId} isOpen={isOpen} redone={redoneSpans(attempts)} address={address} />
          <LogView
            key={attempt ?? "all"}
            jobId={id}
            attempts={shownAttempts}
            attempt={attempt}
            emptyText={
              state === "waiting"
                ? "The job is queued. Its log starts with its program."
                : isOpen
                  ? "Its program has not started."
                  : "Its program never started."
            }
          />
        </Stack>
        <Stack>
          <CheckpointsPanel
            checkpoints={checkpoints}
            history={history}
            isOpen={isOpen}
            allHref={address.checkpoints === "all" ? undefined : `${jobHref(id)}?checkpoints=all#checkpoints`}
          />
          <ResourcesPanel job={job} history={history} />
          <ReproducibilityPanel job={job} history={history} />
          <RerunsPanel
            reruns={reruns}
            total={await countReruns(ctx, id)}
            moreHref={showsReruns ? undefined : `${jobHref(id)}?reruns=more#reruns`}
          />
        </Stack>
      </Columns>
    </Page>
  );
}

/** Curves of the run of a job, as its own page draws them. A run that was deleted leaves a line. */
async function JobCurves({
  ctx,
  runId,
  isOpen,
  redone,
  address,
}: {
  ctx: Context;
  runId: string;
  isOpen: boolean;
  redone: readonly RedoneSpan[];
  address: Record<string, string | string[] | undefined>;
}) {
  const run = await foundOrNot(getRun(ctx, runId));
  if (!run) return <p className="lw-muted">The run of this job was deleted.</p>;
  if (run.metrics.length === 0) {
    return (
      <Panel id="metrics" title="Metrics" flush>
        <EmptyState title={isOpen ? "No metrics yet" : "No metrics"}>
          {isOpen
            ? "Curves appear here as soon as the program logs metrics with MLflow."
            : "The program logged no metric with MLflow."}
        </EmptyState>
      </Panel>
    );
  }
  const { findings, initial } = await readRunPage(ctx, run, "model", address, redone);
  return (
    <section id="metrics" aria-label="Metrics">
      <Stack>
        <span className="lw-muted">
          Metrics of the run <Link href={runHref(run.experimentId, run.id)}>{run.name}</Link>
        </span>
        <RunHealth runId={run.id} initial={findings} />
        <RunCharts run={run} initial={initial} kind="model" redone={redone} />
      </Stack>
    </section>
  );
}
