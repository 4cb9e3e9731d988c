import { and, eq, inArray, sql } from "drizzle-orm";
import { trainingJobs, trainingLaunches } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
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
    const { waiting, ...facts } = await readAdmission(ctx, now);
    if (waiting.length === 0) return;
    const { admissions, preempted } = admit(waiting, { ...facts, now });
    for (const id of preempted) await preempt(ctx, id);
    const held = new Map<string, WaitingReason>();
    for (const admission of admissions) {
      if (admission.go) await launch(ctx, admission.id);
      else held.set(admission.id, { ...admission.reason, since: new Date(now).toISOString() });
    }
    await storeReasons(ctx, held);
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

/** Stores reasons that changed; `since` stays while the code does. */
async function storeReasons(ctx: Context, held: ReadonlyMap<string, WaitingReason>): Promise<void> {
  if (held.size === 0) return;
  const ofWorkspace = eq(trainingJobs.workspaceId, ctx.actor.workspaceId);
  const before = await ctx.db
    .select({ id: trainingJobs.id, waiting: trainingJobs.waiting })
    .from(trainingJobs)
    .where(and(ofWorkspace, inArray(trainingJobs.id, [...held.keys()])))
    .orderBy(trainingJobs.id)
    .for("no key update");
  for (const { id, waiting } of before) {
    const reason = held.get(id);
    if (!reason) continue;
    const now = waiting?.code === reason.code ? { ...reason, since: waiting.since } : reason;
    if (waiting && canonicalJson(waiting) === canonicalJson(now)) continue;
    await ctx.db
      .update(trainingJobs)
      .set({ waiting: now, updatedAt: sql`now()` })
      .where(and(ofWorkspace, eq(trainingJobs.id, id)));
    await publish(ctx, "training", id);
  }
}
