import { and, eq, gte, inArray, lt, or, sql } from "drizzle-orm";
import { loadTests } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { maxLeases } from "#server/platform/jobs/lease.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/** Lets another runner resume load tests whose runner died, or whose job was lost; those from hours ago fail. */
export async function resumeLoadTests(ctx: Context, attempt: Attempt = attemptOnce): Promise<void> {
  permit(ctx, "resumeLoadTests");
  const { workspaceId } = ctx.actor;
  const ofWorkspace = workspaceId === "" ? undefined : eq(loadTests.workspaceId, workspaceId);
  const isActive = inArray(loadTests.state, ["waiting", "running"]);
  const old = await ctx.db
    .update(loadTests)
    .set({ state: "failed", endedAt: new Date(), message: "The test did not finish within an hour." })
    .where(and(ofWorkspace, isActive, isLapsed, lt(loadTests.createdAt, sql`now() - interval '1 hour'`)))
    .returning({ endpointId: loadTests.endpointId, workspaceId: loadTests.workspaceId });
  const hopeless = await ctx.db
    .update(loadTests)
    .set({ state: "failed", endedAt: new Date(), message: `The worker stopped ${maxLeases} times during the test.` })
    .where(and(ofWorkspace, isActive, isLapsed, gte(loadTests.attempts, maxLeases)))
    .returning({ endpointId: loadTests.endpointId, workspaceId: loadTests.workspaceId });
  for (const { endpointId, workspaceId } of [...old, ...hopeless])
    await publish(inside(ctx, workspaceId), "routes", endpointId);
  const lapsed = await ctx.db
    .select({ id: loadTests.id, workspaceId: loadTests.workspaceId })
    .from(loadTests)
    .where(and(ofWorkspace, isActive, isLapsed));
  for (const { id, workspaceId } of lapsed) {
    await attempt({ id, workspaceId }, () => enqueue(inside(ctx, workspaceId), "run-load-test", { loadTestId: id }));
  }
}

/** A minute is time enough for the job that was enqueued with it. */
const isLapsed = or(
  lt(loadTests.leasedUntil, sql`now()`),
  and(sql`${loadTests.leasedUntil} is null`, lt(loadTests.createdAt, sql`now() - interval '1 minute'`)),
);

function inside(ctx: Context, workspaceId: string): Context {
  return systemContext(ctx.db, workspaceId, ctx.actor.id);
}
