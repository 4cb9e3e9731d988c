import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingEngines, trainingJobs, trainingLaunches } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { readBook } from "#server/watch/cost/prices/read-book.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { launchTokenOf } from "../attempts/launch-token.ts";
import type { Seen } from "../contract.ts";
import type { Engine, Launch } from "../engines/engine.ts";
import { type EnginePlace, openEngine } from "../engines/open-engine.ts";
import { launchIdOf } from "../jobs/job-id.ts";
import type { JobRow } from "../jobs/lock-job.ts";
import { actOnJob, type EngineCalls } from "./act-on-job.ts";
import { admitWaiting } from "./admit-waiting.ts";
import { checkStoppingRuns } from "./check-stopping-runs.ts";
import { holdLocal } from "./hold-local.ts";
import { LongWork } from "./long-work.ts";
import { readBudgetsLeft } from "./read-budgets-left.ts";
import { readMachineTime } from "./read-machine-time.ts";
import { registerFinished } from "./register-finished.ts";
import { removeEnded } from "./remove-ended.ts";
import { runSweeps } from "./run-sweeps.ts";

interface TrainingWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  place: EnginePlace;
  /** Address by which programs reach Leeway. */
  url: string;
  /** Makes a package available on this machine; null for a job without one. */
  fetchPackage(job: JobRow): Promise<Launch["package"]>;
}

type EngineRow = typeof trainingEngines.$inferSelect;

/** Longest time for one call of an engine: some hang for minutes when their head is gone. */
const callMs = 10_000;
/** The same for a submit, which may upload a package of 100 MiB; each of its calls has a limit of its own. */
const submitMs = 2 * minuteMs;
/** Longest time that a round waits for an engine, far less than a call may take: what it does there takes as long as it takes. */
const engineMs = 1_000;
/** Time between two descriptions of an engine that has nothing to do. */
const describeMs = minuteMs;

/**
 * Looks after training jobs: asks engines what became of their launches, does what follows for each open job and sweep, and admits jobs that wait.
 * docs/spec/training.md sections 1, 2 and 10.
 */
export function trainingWatcher({ db, feed, ...dependencies }: TrainingWatcherDependencies): Watcher {
  const engines = new LongWork();
  return new Watcher({
    name: "training",
    db,
    everyMs: 5_000,
    wake: { feed, when: (change: Exclude<ChangeMessage, "missed">) => change.topic === "training" },
    run: (round) => runRound(round, dependencies, engines),
  });
}

type Dependencies = Omit<TrainingWatcherDependencies, "db" | "feed">;

async function runRound(round: Round, dependencies: Dependencies, engines: LongWork): Promise<void> {
  await checkStoppingRuns(round);
  const rows = await round.db.select().from(trainingEngines).orderBy(trainingEngines.id);
  const byId = new Map(rows.map((row) => [row.id, row]));
  // One engine that hangs must not keep the others waiting, nor what follows.
  const lookAfter = async (id: string) => {
    const row = byId.get(id);
    if (!row) return;
    const ctx = systemContext(round.db, row.workspaceId, "training");
    await round.attempt({ id: `engine ${id}`, workspaceId: row.workspaceId }, () =>
      lookAfterEngine(ctx, row, { round, dependencies }),
    );
  };
  await engines.begin([...byId.keys()], lookAfter, engineMs);
  await lookAfterOthers(round);
  await registerFinished(round);
  await runSweeps(round);
  const { rows: workspaces } = await round.db.execute<{ workspaceId: string }>(sql`
    select distinct workspace_id as "workspaceId" from training_jobs where state in ('waiting', 'resuming') order by 1`);
  for (const { workspaceId } of workspaces) {
    if (round.isStopping()) return;
    const ctx = systemContext(round.db, workspaceId, "training");
    await round.attempt({ id: `admission ${workspaceId}`, workspaceId }, async () => {
      await admitWaiting(ctx, round.now());
      // So that the next look, which holds the lock of admission, finds them.
      await readBudgetsLeft(ctx, round.now());
      await readMachineTime(ctx, round.now());
    });
  }
}

interface Watched {
  round: Round;
  dependencies: Dependencies;
}

async function lookAfterEngine(ctx: Context, row: EngineRow, watched: Watched): Promise<void> {
  const { round, dependencies } = watched;
  // Jobs of an engine that cannot be opened are looked after all the same: they may be stopped, or have ended.
  const engine = await openEngine(ctx, row, dependencies.place).catch(closedEngine);
  const { place } = dependencies;
  if (row.kind === "local" && !(await holdLocal(ctx, row, { engine, place, now: round.now() }))) return;
  const isAnswering = await look(ctx, row, engine, round.now());
  const open = await ctx.db
    .select({ id: trainingJobs.id })
    .from(trainingJobs)
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.engineId, row.id), isLookedAfter))
    .orderBy(trainingJobs.id);
  let calls: EngineCalls | null = null;
  /** One call that the engine leaves without a result is enough: each may take minutes, and all jobs have to be looked at. */
  const whileAnswering = async <Result>(call: Promise<Result>): Promise<Result> =>
    call.catch((error: unknown) => {
      if (error instanceof DomainError && error.code === "unavailable") calls = null;
      throw error;
    });
  if (isAnswering) {
    calls = {
      submit: async (job) => {
        const launch = await launchOf(ctx, job, dependencies);
        return whileAnswering(engine.submit(launch, AbortSignal.timeout(submitMs)));
      },
      stop: (handle, grace) => whileAnswering(engine.stop(handle, grace, AbortSignal.timeout(callMs))),
    };
  }
  let book: Promise<BookRow[]> | undefined;
  const readPrices = () => {
    book ??= readBook(ctx);
    return book;
  };
  for (const { id } of open) {
    if (round.isStopping()) return;
    await round.attempt({ id, workspaceId: row.workspaceId }, () => actOnJob(ctx, id, calls, round.now(), readPrices));
  }
  if (calls) await removeEnded(ctx, row.id, { engine, round });
}

/** Looks after jobs whose engine was removed: they may be stopped, have ended, or have lost their wrapper. Nobody can be asked to start them. */
async function lookAfterOthers(round: Round): Promise<void> {
  const { rows } = await round.db.execute<{ id: string; workspaceId: string }>(sql`
    select id, workspace_id as "workspaceId" from training_jobs
    where engine_id is null and ${isLookedAfter} order by id`);
  for (const { id, workspaceId } of rows) {
    if (round.isStopping()) return;
    const ctx = systemContext(round.db, workspaceId, "training");
    await round.attempt({ id, workspaceId }, () => actOnJob(ctx, id, null, round.now()));
  }
}

/** What waits is only looked at where it is asked to stop. */
const isLookedAfter = sql`(${trainingJobs.state} in ('submitting', 'running') or (${trainingJobs.state} in ('waiting', 'resuming') and ${trainingJobs.stopRequest} is not null))`;

/** An engine that answers everything with the reason why it cannot be asked. */
function closedEngine(reason: unknown): Engine {
  const refuse = () => Promise.reject(reason);
  return { submit: refuse, look: refuse, stop: refuse, remove: refuse, describe: refuse };
}

async function launchOf(ctx: Context, job: JobRow, { url, fetchPackage }: Dependencies): Promise<Launch> {
  const id = launchIdOf(job.id, job.launches);
  return {
    id,
    jobId: job.id,
    workspaceId: job.workspaceId,
    spec: job.spec,
    wrapper: { url, token: await launchTokenOf(ctx.db, id) },
    package: await fetchPackage(job),
  };
}

/** Asks an engine for its launches, and once a minute what it has. @returns whether it answered */
async function look(ctx: Context, row: EngineRow, engine: Engine, now: number): Promise<boolean> {
  const kept = await ctx.db
    .select({
      jobId: trainingLaunches.jobId,
      number: trainingLaunches.number,
      handle: trainingLaunches.handle,
      before: trainingLaunches.seen,
    })
    .from(trainingLaunches)
    .where(
      and(
        eq(trainingLaunches.workspaceId, ctx.actor.workspaceId),
        eq(trainingLaunches.engineId, row.id),
        isNull(trainingLaunches.endedAt),
        sql`${trainingLaunches.handle} is not null`,
      ),
    );
  const isDue = kept.length > 0 || row.silentSince !== null || now - (row.answeredAt?.getTime() ?? 0) >= describeMs;
  if (!isDue) return true;
  try {
    const isOld = !row.description || now - (row.answeredAt?.getTime() ?? 0) >= describeMs;
    const description = isOld || row.silentSince ? await engine.describe(AbortSignal.timeout(callMs)) : undefined;
    const handles = kept.flatMap(({ handle }) => handle ?? []);
    const seen = handles.length > 0 ? await engine.look(handles, AbortSignal.timeout(callMs)) : [];
    for (const [at, launch] of kept.entries()) {
      if (seen[at]) await storeSeen(ctx, launch, seen[at]);
    }
    await ctx.db
      .update(trainingEngines)
      .set({ ...(description && { description }), answeredAt: sql`now()`, silentSince: null, problem: null })
      .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, row.id)));
    if (row.silentSince || description) await publish(ctx, "training", row.id);
    return true;
  } catch (error) {
    const problem = error instanceof DomainError ? error.message : String(error).slice(0, 500);
    log.warn("training.engine_silent", { engine: row.name, problem });
    await ctx.db
      .update(trainingEngines)
      .set({ silentSince: sql`coalesce(${trainingEngines.silentSince}, now())`, problem })
      .where(and(eq(trainingEngines.workspaceId, ctx.actor.workspaceId), eq(trainingEngines.id, row.id)));
    if (!row.silentSince) await publish(ctx, "training", row.id);
    return false;
  }
}

type Kept = Pick<typeof trainingLaunches.$inferSelect, "jobId" | "number"> & { before: Seen | null };

async function storeSeen(ctx: Context, { jobId, number, before }: Kept, seen: Seen) {
  await ctx.db
    .update(trainingLaunches)
    .set({ seen: before?.state === seen.state ? { ...seen, at: before.at } : seen })
    .where(
      and(
        eq(trainingLaunches.workspaceId, ctx.actor.workspaceId),
        eq(trainingLaunches.jobId, jobId),
        eq(trainingLaunches.number, number),
      ),
    );
}
