import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { newSecret } from "#server/platform/identity/tokens/secret.ts";
import { type JobRow, lockJob } from "../jobs/lock-job.ts";
import { causeOfEnd } from "./cause-of-end.ts";
import { type StartedAttempt, StartLaunch } from "./contract.ts";
import { addEnd, decideNext } from "./decide-next.ts";
import { deadlineOf, describeStart, heartbeatSeconds, issueProgramToken, loadCheckpoints } from "./describe-start.ts";
import { endAttempt, hasNewCheckpoint } from "./end-attempt.ts";
import { fenceAttempts } from "./fence-attempts.ts";
import { type LaunchCaller, noLaunch, requireLaunch } from "./launch-token.ts";
import { doNotRun, hasEnded, loadNewest, requireOpenLaunch } from "./require-open-launch.ts";

/** First characters of the token of an attempt, which is no token of the API. */
const attemptMark = "lwa_";

/** An attempt whose last heartbeat is older is taken to be gone when another copy of the same launch starts. */
const freshMs = 9 * heartbeatSeconds * 1000;

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
    const program = await issueProgramToken(ctx, job, `attempt ${number}`);
    const deadline = await deadlineOf(ctx, job);
    await ctx.db.insert(trainingAttempts).values({
      workspaceId: job.workspaceId,
      jobId: job.id,
      number,
      launch: launch.launch,
      state: "started",
      tokenHash: own.hash,
      apiTokenId: program.id,
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
    const given = { attempt: number, token: own.secret, deadline, checkpoints, programToken: program.secret, url };
    return describeStart(ctx, job, given);
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
    message: "It had no heartbeat, and its engine restarted it.",
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
  const { now } = await requireOpenLaunch(ctx, job, launch);
  if (!newest || newest.launch !== launch) return;
  // What it reported is concluded before anything else starts.
  if (newest.report || newest.endedAt) throw doNotRun(hasEnded);
  const lastSignAt = newest.heartbeatAt ?? newest.startedAt;
  if (lastSignAt && now.getTime() - lastSignAt.getTime() < freshMs) throw doNotRun("Another copy of it is running.");
}
