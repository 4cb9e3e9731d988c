import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import {
  apiTokens,
  datasetVersions,
  runs,
  trainingAttempts,
  trainingCheckpoints,
  trainingJobs,
  trainingLaunches,
} from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { newSecret } from "#server/platform/identity/tokens/secret.ts";
import { openJobStates } from "../contract.ts";
import { type JobRow, lockJob } from "../jobs/lock-job.ts";
import { causeOfEnd } from "./cause-of-end.ts";
import { type StartedAttempt, StartLaunch } from "./contract.ts";
import { addEnd, decideNext } from "./decide-next.ts";
import { endAttempt, hasNewCheckpoint } from "./end-attempt.ts";
import { fenceAttempts } from "./fence-attempts.ts";
import { type LaunchCaller, noLaunch, requireLaunch } from "./launch-token.ts";

/** First characters of the token of an attempt, which is no token of the API. */
const attemptMark = "lwa_";

const heartbeatSeconds = 10;
/** An attempt whose last heartbeat is older is taken to be gone when another copy of the same launch starts. */
const freshMs = 9 * heartbeatSeconds * 1000;
/** Scopes of the token that the program's MLflow client uses, for its own run. */
const programScopes = ["tracking:read", "tracking"];

/**
 * Starts an attempt of a job: what a wrapper asks before it runs anything. The attempt before loses its right to write, and the answer names
 * the checkpoints to go on from. A launch may be started several times, since engines start programs again by themselves.
 * docs/spec/training.md section 3.
 * @param addresses what the program reaches Leeway by
 * @throws DomainError "unauthenticated" for a wrong token; "conflict" where it must not run: cancelled, ended, replaced by a later launch, or
 * another copy of it runs
 */
export async function startLaunch(
  db: Database,
  { launchId, token, ...input }: StartLaunch & LaunchCaller,
  { url }: { url: string },
): Promise<Omit<StartedAttempt, "maxFileBytes">> {
  const { host, record: reproducibility, ...rest } = StartLaunch.parse(input);
  const process = processOf(rest);
  const launch = await requireLaunch(db, { launchId, token });
  const [known] = await db
    .select({ workspaceId: trainingJobs.workspaceId })
    .from(trainingJobs)
    .where(eq(trainingJobs.id, launch.jobId));
  if (!known) throw noLaunch();
  return transact(systemContext(db, known.workspaceId, "training"), async (ctx) => {
    const job = await lockJob(ctx, launch.jobId);
    const newest = await loadNewest(ctx, job.id);
    const isRepeated = isSameStart(newest, { launch: launch.launch, host, process });
    await requireStart(ctx, job, { launch: launch.launch, newest: isRepeated ? undefined : newest });
    await fenceAttempts(ctx, job.id);
    if (newest && isRepeated)
      await ctx.db
        .delete(trainingAttempts)
        .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, newest.id)));
    if (newest && !newest.endedAt && !isRepeated) await replaceAttempt(ctx, job, newest);
    const number = isRepeated ? (newest?.number ?? 1) : (newest?.number ?? 0) + 1;
    const checkpoints = await loadCheckpoints(ctx, job.id);
    const own = newSecret(attemptMark);
    const mlflow = newSecret();
    const [apiToken] = await ctx.db
      .insert(apiTokens)
      .values({
        workspaceId: job.workspaceId,
        userId: job.submittedBy,
        name: `${job.name}, attempt ${number}`,
        hash: mlflow.hash,
        prefix: mlflow.prefix,
        scopes: programScopes,
        runId: job.runId,
        datasets: Object.values(job.spec.datasets),
      })
      .returning({ id: apiTokens.id });
    const deadline = await deadlineOf(ctx, job);
    await ctx.db.insert(trainingAttempts).values({
      workspaceId: job.workspaceId,
      jobId: job.id,
      number,
      launch: launch.launch,
      state: "started",
      tokenHash: own.hash,
      apiTokenId: apiToken?.id ?? null,
      host,
      process,
      startedAt: sql`now()`,
      heartbeatAt: sql`now()`,
      resumedFrom: checkpoints[0]?.id ?? null,
      fromStep: checkpoints[0]?.step ?? null,
      record: reproducibility ?? null,
    });
    await ctx.db
      .update(trainingJobs)
      .set({
        state: "running",
        waiting: null,
        startedAt: sql`coalesce(${trainingJobs.startedAt}, now())`,
        updatedAt: sql`now()`,
      })
      .where(and(eq(trainingJobs.workspaceId, job.workspaceId), eq(trainingJobs.id, job.id)));
    await record(ctx, "training-job.started", { subject: `training-job/${job.id}`, after: { attempt: number, host } });
    await publish(ctx, "training", job.id);
    const { spec } = job;
    return {
      attempt: number,
      token: own.secret,
      jobId: job.id,
      runId: job.runId,
      command: spec.command,
      environment: {
        ...spec.environment,
        MLFLOW_TRACKING_URI: url,
        MLFLOW_TRACKING_TOKEN: mlflow.secret,
        MLFLOW_RUN_ID: job.runId,
        MLFLOW_EXPERIMENT_ID: await experimentOf(ctx, job.runId),
        LEEWAY_DATASETS: JSON.stringify(await describeDatasets(ctx, spec.datasets, url)),
      },
      parameters: spec.parameters,
      parametersAs: spec.parametersAs,
      seed: spec.seed,
      graceSeconds: spec.limits.graceSeconds,
      deadline,
      heartbeatSeconds,
      checkpoints,
    };
  });
}

type Attempt = typeof trainingAttempts.$inferSelect;

/** Names the process of a wrapper on its host; "" for one that says nothing of itself. */
function processOf({ pid, podUid = "", restartCount = 0 }: { pid: number; podUid?: string; restartCount?: number }) {
  return pid === 0 ? "" : `${pid} ${podUid} ${restartCount}`;
}

/** Whether the process that asks has been answered already, without the answer having arrived: it has done nothing since. */
function isSameStart(
  newest: Attempt | undefined,
  { launch, host, process }: { launch: number; host: string; process: string },
): boolean {
  if (!newest || newest.endedAt || newest.report || newest.launch !== launch || process === "") return false;
  const isSilent = newest.heartbeatAt?.getTime() === newest.startedAt?.getTime() && newest.logBytes === 0;
  return isSilent && newest.host === host && newest.process === process;
}

/** The newest attempt, held until the transaction ends. */
async function loadNewest(ctx: Context, jobId: string): Promise<Attempt | undefined> {
  const [newest] = await ctx.db
    .select()
    .from(trainingAttempts)
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.jobId, jobId)))
    .orderBy(desc(trainingAttempts.number))
    .limit(1)
    .for("no key update");
  return newest;
}

/**
 * Ends the attempt that a new copy of its launch takes the place of: engines start programs again by themselves. It counts as one that the watcher
 * ends. @throws DomainError "conflict" where no other may follow: then the watcher ends the job
 */
async function replaceAttempt(ctx: Context, job: JobRow, attempt: Attempt): Promise<void> {
  const ended = causeOfEnd({ ...unknownEnd, stopRequest: null });
  const hasSaved = await hasNewCheckpoint(ctx, attempt);
  const course = addEnd(job, { ...ended, hasSaved });
  const step = decideNext({ ...ended, hasSaved }, { course, limits: job.spec.limits, random: 0 });
  if (step.kind === "end") throw doNotRun(step.message);
  await endAttempt(ctx, attempt, {
    ...unknownEnd,
    ...ended,
    message: "It fell silent, and its engine started it again.",
  });
  await ctx.db
    .update(trainingJobs)
    .set({
      preemptions: course.preemptions,
      losses: course.losses,
      failures: course.failures,
      fruitless: course.fruitless,
    })
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, job.id)));
}

const unknownEnd = { code: null, signal: null, wasTerminated: false, ranOutOfMemory: false };

/** @throws DomainError "conflict" with the reason why this launch must not run */
async function requireStart(
  ctx: Context,
  job: JobRow,
  { launch, newest }: { launch: number; newest: Attempt | undefined },
): Promise<void> {
  if (job.stopRequest) throw doNotRun("It was asked to stop.");
  if (!openJobStates.some((state) => state === job.state)) throw doNotRun(`It has ended: ${job.state}.`);
  if (launch !== job.launches) throw doNotRun("A later launch has replaced this one.");
  const isThis = and(
    eq(trainingLaunches.workspaceId, ctx.actor.workspaceId),
    eq(trainingLaunches.jobId, job.id),
    eq(trainingLaunches.number, launch),
  );
  const [own] = await ctx.db
    .select({ endedAt: trainingLaunches.endedAt, now: sql`now()`.mapWith(trainingLaunches.launchedAt) })
    .from(trainingLaunches)
    .where(isThis);
  if (!own || own.endedAt) throw doNotRun("It has ended; the job goes on with another launch.");
  if (!newest || newest.launch !== launch) return;
  // What it reported is concluded before anything else starts.
  if (newest.report || newest.endedAt) throw doNotRun("It has ended; the job goes on with another launch.");
  const lastSignAt = newest.heartbeatAt ?? newest.startedAt;
  if (lastSignAt && own.now.getTime() - lastSignAt.getTime() < freshMs)
    throw doNotRun("Another copy of it is running.");
}

const doNotRun = (why: string) => new DomainError("conflict", `Do not run this launch. ${why}`);

/** Checkpoints to go on from, newest first; those that were found torn are left out. */
async function loadCheckpoints(ctx: Context, jobId: string): Promise<StartedAttempt["checkpoints"]> {
  return ctx.db
    .select({
      id: trainingCheckpoints.id,
      seq: trainingCheckpoints.seq,
      step: trainingCheckpoints.step,
      name: trainingCheckpoints.name,
      files: trainingCheckpoints.files,
    })
    .from(trainingCheckpoints)
    .where(
      and(
        eq(trainingCheckpoints.workspaceId, ctx.actor.workspaceId),
        eq(trainingCheckpoints.jobId, jobId),
        isNull(trainingCheckpoints.tornAt),
        isNull(trainingCheckpoints.removedAt),
      ),
    )
    .orderBy(desc(trainingCheckpoints.seq))
    .limit(10);
}

async function experimentOf(ctx: Context, runId: string): Promise<string> {
  const [run] = await ctx.db
    .select({ id: runs.experimentId })
    .from(runs)
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, runId)));
  return String(run?.id ?? "");
}

/** Datasets by the name that the program knows them by: the version, and where its file is read with the token of the program. */
async function describeDatasets(ctx: Context, datasets: Record<string, string>, url: string) {
  const ids = Object.values(datasets);
  if (ids.length === 0) return {};
  const versions = await ctx.db
    .select({
      id: datasetVersions.id,
      dataset: datasetVersions.name,
      digest: datasetVersions.digest,
      fileName: datasetVersions.fileName,
      sha256: datasetVersions.sha256,
    })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.id, ids)));
  return Object.fromEntries(
    Object.entries(datasets).flatMap(([name, wanted]) =>
      versions
        .filter(({ id }) => id === wanted)
        .map(({ id: _, ...version }) => {
          const path = `datasets/${encodeURIComponent(version.dataset)}/versions/${version.digest}/file`;
          return [name, { ...version, address: `${url}/api/v1/${path}` }];
        }),
    ),
  );
}

/** Epoch second at which the hours of all its attempts together are over. */
async function deadlineOf(ctx: Context, { id, spec, workspaceId }: JobRow): Promise<number> {
  const { rows } = await ctx.db.execute<{ used: number; now: number }>(sql`
    select extract(epoch from now())::float8 as now,
      coalesce(sum(extract(epoch from coalesce(ended_at, heartbeat_at, started_at) - started_at)), 0)::float8 as used
    from training_attempts where workspace_id = ${workspaceId} and job_id = ${id} and started_at is not null`);
  const { now = Date.now() / 1000, used = 0 } = rows[0] ?? {};
  return Math.floor(now + Math.max(0, (spec.limits.hours * hourMs) / 1000 - used));
}
