import { and, asc, eq, isNull, lt, lte, or, sql } from "drizzle-orm";
import { purges } from "#db/schema/index.ts";
import { backOff } from "#server/base/back-off.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { log } from "#server/base/log.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { problemOf } from "#server/platform/jobs/problem-of.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { purgeStep } from "./purge-step.ts";

const historyDays = 90;

/** How long a purge waits after a failure. */
const retry = { first: minuteMs, longest: 6 * hourMs };

/**
 * Job: performs requested permanent deletions step by step, each in its own transaction. If killed between two steps, the next run
 * continues: the remaining work is what remains in the tables. Two concurrent runs take turns. One that fails keeps the failure on its row, is
 * retried later, and delays no other. At the end, jobs reclaim the space.
 * @param onStep called before each step, so that a test can stop there.
 */
export async function purgeTrash(ctx: Context, onStep: () => void = () => undefined): Promise<void> {
  permit(ctx, "purgeTrash");
  const ofWorkspace = eq(purges.workspaceId, ctx.actor.workspaceId);
  await ctx.db
    .delete(purges)
    .where(and(ofWorkspace, lt(purges.finishedAt, sql`now() - make_interval(days => ${historyDays})`)));
  const open = await ctx.db
    .select({ id: purges.id })
    .from(purges)
    .where(and(ofWorkspace, isDue))
    .orderBy(asc(purges.startedAt), asc(purges.id));
  for (const { id } of open) await perform(ctx, id, onStep);
}

const isOpen = isNull(purges.finishedAt);
const isDue = and(isOpen, or(isNull(purges.retryAt), lte(purges.retryAt, sql`now()`)));

async function perform(ctx: Context, id: string, onStep: () => void): Promise<void> {
  for (let isMore = true; isMore; ) {
    onStep();
    try {
      isMore = await step(ctx, id);
    } catch (cause) {
      return setAside(ctx, id, cause);
    }
  }
}

/** Runs one step of one purge. @returns whether there is more to do */
async function step(ctx: Context, id: string): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    noteLock(ctx, "purge");
    const [purge] = await ctx.db
      .select()
      .from(purges)
      .where(and(eq(purges.id, id), isOpen))
      .for("update");
    if (!purge) return false;
    const outcome = await purgeStep(ctx, { kind: purge.kind, id: purge.subjectId });
    if (outcome === "more") return true;
    const isRestored = outcome === "restored";
    const problem = isRestored ? "Restored in the meantime and not deleted." : null;
    await ctx.db
      .update(purges)
      .set({ finishedAt: sql`now()`, attempts: 0, problem, retryAt: null })
      .where(eq(purges.id, id));
    await record(ctx, `${purge.kind}.${isRestored ? "purge-cancelled" : "purged"}`, {
      subject: `${purge.kind}/${purge.subjectId}`,
      before: { name: purge.name },
      after: { requestedBy: purge.requestedBy },
      reason: purge.reason ?? undefined,
    });
    await publish(ctx, "settings", "trash");
    await reclaimSpace(ctx);
    return false;
  });
}

/** Stores a failure on the row of the purge, where people see it. */
async function setAside(ctx: Context, id: string, cause: unknown): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [purge] = await ctx.db
      .select({ attempts: purges.attempts })
      .from(purges)
      .where(and(eq(purges.id, id), isOpen))
      .for("update");
    if (!purge) return;
    const attempts = purge.attempts + 1;
    const retryAt = sql`now() + make_interval(secs => ${backOff(attempts, retry) / 1000})`;
    await ctx.db
      .update(purges)
      .set({ attempts, problem: problemOf(cause), retryAt })
      .where(eq(purges.id, id));
    log.error("trash.purge_failed", { purge: id, attempts, cause });
    await publish(ctx, "settings", "trash");
    await reclaimSpace(ctx);
  });
}

/** Enqueues the jobs that return the space, unless other purges follow at once. */
async function reclaimSpace(ctx: Context): Promise<void> {
  if (await hasDue(ctx)) return;
  await enqueue(ctx, "collect-artifacts", {});
  await enqueue(ctx, "shrink-metrics", {});
}

async function hasDue(ctx: Context): Promise<boolean> {
  const [open] = await ctx.db
    .select({ id: purges.id })
    .from(purges)
    .where(and(eq(purges.workspaceId, ctx.actor.workspaceId), isDue))
    .limit(1);
  return open !== undefined;
}
