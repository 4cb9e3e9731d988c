import { and, eq, sql } from "drizzle-orm";
import { trainingJobs, trainingLaunches } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish, publishAll } from "#server/platform/events/publish.ts";
import { admit } from "../admission/admit.ts";
import type { WaitingReason } from "../contract.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { readAdmission } from "./read-admission.ts";

/**
 * Decides which waiting jobs of a workspace start now. Those that do become launches, which the watcher submits; the reasons of the others are
 * stored when they change. One worker at a time does it for a workspace, so that two never give the same place to two jobs.
 * @param now milliseconds since 1970 @returns jobs that end for an urgent one
 */
export async function admitWaiting(ctx: Context, now: number): Promise<void> {
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const { rows } = await ctx.db.execute<{ isFree: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtext('training-admission'), hashtext(${workspaceId})) as "isFree"`,
    );
    if (!rows[0]?.isFree) return;
    const { waiting, reasons, ...facts } = await readAdmission(ctx, now);
    if (waiting.length === 0) return;
    const { admissions, preempted } = admit(waiting, { ...facts, now });
    for (const id of preempted) await preempt(ctx, id);
    const held = new Map<string, WaitingReason>();
    for (const admission of admissions) {
      if (admission.go) await launch(ctx, admission.id);
      else held.set(admission.id, { ...admission.reason, since: new Date(now).toISOString() });
    }
    await storeReasons(ctx, held, reasons);
  });
}

/** Makes the next launch of a job, unless it has been stopped since. */
async function launch(ctx: Context, id: string): Promise<void> {
  const job = await lockJob(ctx, id);
  if (job.stopRequest || (job.state !== "waiting" && job.state !== "resuming")) return;
  const { workspaceId } = ctx.actor;
  const number = job.launches + 1;
  await ctx.db.insert(trainingLaunches).values({ workspaceId, jobId: id, number, engineId: job.engineId });
  await ctx.db
    .update(trainingJobs)
    .set({ state: "submitting", launches: number, waiting: null, notBefore: null, updatedAt: sql`now()` })
    .where(and(eq(trainingJobs.workspaceId, workspaceId), eq(trainingJobs.id, id)));
  await publish(ctx, "training", id);
}

async function preempt(ctx: Context, id: string): Promise<void> {
  const job = await lockJob(ctx, id);
  if (job.stopRequest) return;
  const request = {
    cause: "preempted",
    reason: "An urgent job took its place.",
    byName: "Leeway",
    at: new Date().toISOString(),
  } as const;
  await ctx.db
    .update(trainingJobs)
    .set({ stopRequest: request, updatedAt: sql`now()` })
    .where(and(eq(trainingJobs.workspaceId, ctx.actor.workspaceId), eq(trainingJobs.id, id)));
  await publish(ctx, "training", id);
}

/**
 * Stores reasons that changed; `since` stays while the code does. When one job starts, those of all behind it may change: they are one statement,
 * because the workspace's admission waits for it.
 */
async function storeReasons(
  ctx: Context,
  held: ReadonlyMap<string, WaitingReason>,
  before: ReadonlyMap<string, WaitingReason | null>,
): Promise<void> {
  const changed = Array.from(held, ([id, reason]) => {
    const known = before.get(id);
    return { id, known, reason: known?.code === reason.code ? { ...reason, since: known.since } : reason };
  }).filter(({ known, reason }) => known?.code !== reason.code || known.words !== reason.words);
  if (changed.length === 0) return;
  const values = JSON.stringify(changed.map(({ id, reason }) => ({ id, reason })));
  // Locked in the order of their ids, so that no two transactions wait for each other. One that has started or ended since has no reason.
  const { rows } = await ctx.db.execute<{ id: string }>(sql`
    with held as materialized (
      select job.id, changed.reason
      from jsonb_to_recordset(${values}::jsonb) as changed (id text, reason jsonb)
      join training_jobs as job on job.workspace_id = ${ctx.actor.workspaceId} and job.id = changed.id
      where job.state in ('waiting', 'resuming') and job.stop_request is null
      order by job.id for no key update of job)
    update training_jobs as job set waiting = held.reason, updated_at = now()
    from held where job.workspace_id = ${ctx.actor.workspaceId} and job.id = held.id returning job.id`);
  await publishAll(
    ctx,
    "training",
    rows.map(({ id }) => id),
  );
}
