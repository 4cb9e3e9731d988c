import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { trainingAttempts, trainingJobs, trainingLaunches } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { presentSince } from "#server/platform/heartbeats/presence.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { causeOfEnd } from "../attempts/cause-of-end.ts";
import { addEnd, decideNext, type NextStep } from "../attempts/decide-next.ts";
import { endAttempt, hasNewCheckpoint } from "../attempts/end-attempt.ts";
import { fenceAttempts } from "../attempts/fence-attempts.ts";
import type { EngineHandle } from "../contract.ts";
import { type JobRow, lockJob } from "../jobs/lock-job.ts";
import { type Action, type JobView, nextAction } from "../jobs/next-action.ts";
import { mayGoOn, requestStop } from "../jobs/stop-job.ts";
import { stopOfFinding } from "../jobs/stopping-finding.ts";
import { reachedLimit } from "./reached-limit.ts";

/** What the watcher does at engines for a job. */
export interface EngineCalls {
  /** Starts the present launch, or finds it. */
  submit(job: JobRow): Promise<EngineHandle>;
  stop(handle: EngineHandle, graceSeconds: number): Promise<void>;
}

/** Less than what follows from any silence. */
const quietMs = 30_000;

type Launch = typeof trainingLaunches.$inferSelect;
type Attempt = typeof trainingAttempts.$inferSelect;

/**
 * Does what is next for an open job that is not waiting. What it decides by is read under the lock of the job, and engines are called outside of
 * it: a call that is repeated after a crash finds what the first one did.
 * @param calls null while the engine does not answer: it is asked in a later round @param now milliseconds since 1970
 * @param readPrices reads the prices of the workspace, for many jobs once
 */
export async function actOnJob(
  ctx: Context,
  id: string,
  calls: EngineCalls | null,
  now: number,
  readPrices: () => Promise<readonly BookRow[]> = () => readBook(ctx),
): Promise<void> {
  const { job, launch, action } = await transact(ctx, async (ctx) => {
    const job = await withLimit(ctx, await lockJob(ctx, id), { now, readPrices });
    const launch = await loadLaunch(ctx, job);
    const attempt = await loadAttempt(ctx, job);
    const hearingSince = await readHearing(ctx, launch, attempt, now);
    const action = nextAction(viewOf(job, launch, attempt, hearingSince), now);
    if (action.kind === "wait") await markSilence(ctx, attempt, action.isSilent);
    if (action.kind === "conclude") await conclude(ctx, { job, launch, attempt, action, now });
    return { job, launch, action };
  });
  if (!calls) return;
  if (action.kind === "submit") await submit(ctx, job, calls, now);
  if (action.kind === "stop" && launch?.handle) await calls.stop(launch.handle, job.spec.limits.graceSeconds);
  // A copy that nobody hears from may still run: it is fenced, and its engine is asked to end it.
  if (action.kind === "conclude" && action.isFenced && launch?.handle) {
    await calls.stop(launch.handle, job.spec.limits.graceSeconds);
  }
}

/** Submits the present launch. What the engine refuses for good ends the job, with the engine's words. */
async function submit(ctx: Context, job: JobRow, calls: EngineCalls, now: number): Promise<void> {
  try {
    const handle = await calls.submit(job);
    // It was stopped while the engine took it, when nobody could ask the engine to end it yet.
    if (await keepHandle(ctx, job, handle)) await calls.stop(handle, job.spec.limits.graceSeconds);
  } catch (error) {
    if (!(error instanceof DomainError && (error.code === "invalid" || error.code === "too-large"))) throw error;
    const { message } = error;
    await transact(ctx, async (ctx) => {
      const locked = await lockJob(ctx, job.id);
      const launch = await loadLaunch(ctx, locked);
      // Another worker went on with it meanwhile.
      if (locked.launches !== job.launches || locked.state !== "submitting" || launch?.handle) return;
      const seen = { cause: "never-started" as const, reason: message };
      const end = {
        code: null,
        signal: null,
        wasTerminated: false,
        ranOutOfMemory: false,
        stopRequest: locked.stopRequest,
        seen,
      };
      const action = { kind: "conclude" as const, end, isFenced: false };
      await conclude(ctx, { job: locked, launch, attempt: undefined, action, now });
    });
  }
}

/** A job that has reached a limit, or whose run has a finding that it stops on, is asked to stop, as a person would. */
async function withLimit(
  ctx: Context,
  job: JobRow,
  { now, readPrices }: { now: number; readPrices: () => Promise<readonly BookRow[]> },
): Promise<JobRow> {
  const stopRequest =
    job.stopRequest ?? (await reachedLimit(ctx, job, now, readPrices)) ?? (await stopOfFinding(ctx, job, now)) ?? null;
  if (stopRequest && !job.stopRequest) {
    await requestStop(ctx, job.id, stopRequest);
    await publish(ctx, "training", job.id);
  }
  return { ...job, stopRequest };
}

async function loadLaunch(ctx: Context, { id, launches, workspaceId }: JobRow): Promise<Launch | undefined> {
  const [launch] = await ctx.db
    .select()
    .from(trainingLaunches)
    .where(
      and(
        eq(trainingLaunches.workspaceId, workspaceId),
        eq(trainingLaunches.jobId, id),
        eq(trainingLaunches.number, launches),
        isNull(trainingLaunches.endedAt),
      ),
    );
  return launch;
}

/** The newest attempt of the present launch, while it has not been concluded. */
async function loadAttempt(ctx: Context, { id, launches, workspaceId }: JobRow): Promise<Attempt | undefined> {
  const [attempt] = await ctx.db
    .select()
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, workspaceId),
        eq(trainingAttempts.jobId, id),
        eq(trainingAttempts.launch, launches),
        isNull(trainingAttempts.endedAt),
      ),
    )
    .orderBy(desc(trainingAttempts.number))
    .limit(1)
    // What it reports from here on waits, and finds that it has been concluded.
    .for("no key update");
  return attempt;
}

/** Since when wrappers have been able to call the web role; read only where a wrapper has not been heard for a while. */
async function readHearing(ctx: Context, launch: Launch | undefined, attempt: Attempt | undefined, now: number) {
  const lastSignAt = attempt?.heartbeatAt ?? launch?.launchedAt;
  if (!lastSignAt || now - lastSignAt.getTime() < quietMs) return 0;
  return (await presentSince(ctx.db, "web")) ?? 0;
}

function viewOf(job: JobRow, launch: Launch | undefined, attempt: Attempt | undefined, hearingSince: number): JobView {
  const startedAt = attempt?.startedAt?.getTime();
  return {
    state: job.state,
    stopRequest: job.stopRequest,
    hasHandle: launch?.handle != null,
    launchedAt: launch?.launchedAt.getTime() ?? null,
    seen: launch?.seen ?? null,
    attempt:
      attempt && startedAt !== undefined
        ? { startedAt, heartbeatAt: attempt.heartbeatAt?.getTime() ?? startedAt, report: attempt.report }
        : null,
    hearingSince,
  };
}

async function markSilence(ctx: Context, attempt: Attempt | undefined, isSilent: boolean): Promise<void> {
  if (!attempt || (attempt.silentSince !== null) === isSilent) return;
  await ctx.db
    .update(trainingAttempts)
    .set({ silentSince: isSilent ? attempt.heartbeatAt : null })
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, attempt.id)));
  await publish(ctx, "training", attempt.jobId);
}

/** Stores what the engine calls a launch; of one that has ended, it has something to remove again. @returns whether it has ended */
async function keepHandle(ctx: Context, { id, launches }: JobRow, handle: EngineHandle): Promise<boolean> {
  const [kept] = await ctx.db
    .update(trainingLaunches)
    .set({ handle, removedAt: null })
    .where(
      and(
        eq(trainingLaunches.workspaceId, ctx.actor.workspaceId),
        eq(trainingLaunches.jobId, id),
        eq(trainingLaunches.number, launches),
      ),
    )
    .returning({ endedAt: trainingLaunches.endedAt });
  return kept?.endedAt != null;
}

interface Conclusion {
  job: JobRow;
  launch: Launch | undefined;
  attempt: Attempt | undefined;
  action: Extract<Action, { kind: "conclude" }>;
  now: number;
}

/** Ends the present launch and its attempt, and either the job, or its next launch waits. */
async function conclude(ctx: Context, { job, launch, attempt, action, now }: Conclusion): Promise<void> {
  const { workspaceId } = ctx.actor;
  const ended = causeOfEnd(action.end);
  const hasSaved = attempt ? await hasNewCheckpoint(ctx, attempt) : null;
  const course = addEnd(job, { ...ended, hasSaved });
  const step = decideNext({ ...ended, hasSaved }, { course, limits: job.spec.limits, random: Math.random() });
  await fenceAttempts(ctx, job.id);
  if (attempt) await endAttempt(ctx, attempt, { ...action.end, ...ended });
  if (launch) {
    await ctx.db
      .update(trainingLaunches)
      .set({ endedAt: sql`now()` })
      .where(
        and(
          eq(trainingLaunches.workspaceId, workspaceId),
          eq(trainingLaunches.jobId, job.id),
          eq(trainingLaunches.number, launch.number),
        ),
      );
  }
  await ctx.db
    .update(trainingJobs)
    .set({
      ...course,
      ...nextColumns(step, ended.cause, now),
      // What took its place has it; the job goes on later.
      ...(job.stopRequest && mayGoOn(job.stopRequest) && step.kind === "resume" && { stopRequest: null }),
      updatedAt: sql`now()`,
    })
    .where(and(eq(trainingJobs.workspaceId, workspaceId), eq(trainingJobs.id, job.id)));
  await endRun(ctx, job, { ...step, isStarted: job.startedAt !== null }, now);
  await record(ctx, step.kind === "end" ? `training-job.${step.state}` : "training-job.resuming", {
    subject: `training-job/${job.id}`,
    after: { attempt: attempt?.number ?? null, cause: ended.cause },
    reason: step.kind === "end" ? step.message : ended.message,
  });
  await publish(ctx, "training", job.id);
}

function nextColumns(step: NextStep, cause: string, now: number) {
  if (step.kind === "end") {
    return { state: step.state, cause, message: step.message, waiting: null, endedAt: sql`now()` };
  }
  return { state: "resuming" as const, notBefore: new Date(now + step.delaySeconds * 1000) };
}

const runStatuses = { finished: "FINISHED", failed: "FAILED", stopped: "KILLED", lost: "FAILED" } as const;

/** The run ends with its job; between attempts it is scheduled again. */
async function endRun(ctx: Context, { runId }: JobRow, step: NextStep & { isStarted: boolean }, now: number) {
  if (step.kind === "end") await updateRun(ctx, { runId, status: runStatuses[step.state], endedAt: now });
  else if (step.isStarted) await updateRun(ctx, { runId, status: "SCHEDULED" });
}
