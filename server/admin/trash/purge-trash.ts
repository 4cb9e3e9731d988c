import { and, asc, eq, isNull, lt, sql } from "drizzle-orm";
import { purges } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { purgeStep } from "./purge-step.ts";

const historyDays = 90;

/**
 * Job: performs requested permanent deletions step by step, each in its own transaction. If killed between two steps, the next run
 * continues: the remaining work is what remains in the tables. Two concurrent runs take turns. At the end, jobs reclaim the space.
 * @param onStep called before each step, so that a test can stop there.
 */
export async function purgeTrash(ctx: Context, onStep: () => void = () => undefined): Promise<void> {
  permit(ctx, "purgeTrash");
  const { workspaceId } = ctx.actor;
  const ofWorkspace = eq(purges.workspaceId, workspaceId);
  await ctx.db
    .delete(purges)
    .where(and(ofWorkspace, lt(purges.finishedAt, sql`now() - make_interval(days => ${historyDays})`)));
  const open = await ctx.db
    .select({ id: purges.id })
    .from(purges)
    .where(and(ofWorkspace, isNull(purges.finishedAt)))
    .orderBy(asc(purges.startedAt), asc(purges.id));
  for (const { id } of open) {
    do onStep();
    while (await step(ctx, id));
  }
}

/** Runs one step of one purge. @returns whether there is more to do */
async function step(ctx: Context, id: string): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const [purge] = await ctx.db
      .select()
      .from(purges)
      .where(and(eq(purges.id, id), isNull(purges.finishedAt)))
      .for("update");
    if (!purge) return false;
    const isMore = await purgeStep(ctx, { kind: purge.kind, id: purge.subjectId });
    if (isMore) return true;
    await ctx.db.update(purges).set({ finishedAt: new Date() }).where(eq(purges.id, id));
    await record(ctx, `${purge.kind}.purged`, {
      subject: `${purge.kind}/${purge.subjectId}`,
      before: { name: purge.name },
      after: { requestedBy: purge.requestedBy },
      reason: purge.reason ?? undefined,
    });
    await publish(ctx, "settings", "trash");
    if (!(await hasOpen(ctx))) {
      await enqueue(ctx, "collect-artifacts", {});
      await enqueue(ctx, "shrink-metrics", {});
    }
    return false;
  });
}

async function hasOpen(ctx: Context): Promise<boolean> {
  const [open] = await ctx.db
    .select({ id: purges.id })
    .from(purges)
    .where(and(eq(purges.workspaceId, ctx.actor.workspaceId), isNull(purges.finishedAt)))
    .limit(1);
  return open !== undefined;
}
