import { and, eq, sql } from "drizzle-orm";
import { trainingSweeps } from "#db/schema/index.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { StopSweep, type SweepDetails } from "./contract.ts";
import { endSweepRun } from "./end-sweep-run.ts";
import { lockSweep } from "./lock-sweep.ts";
import { loadSweep } from "./queries.ts";

/**
 * Stops a sweep: no more trials are submitted, and the watcher of training asks those that are open to stop. What they saved is kept.
 * Asking again changes nothing. @throws DomainError "not-found"; "conflict" when it has ended
 */
export async function stopSweep(ctx: Context, input: StopSweep): Promise<SweepDetails> {
  permit(ctx, "stopSweep");
  const { sweep: id, reason } = StopSweep.parse(input);
  await transact(ctx, async (ctx) => {
    const sweep = await lockSweep(ctx, id);
    if (sweep.state === "stopped") return;
    if (sweep.state === "ended") throw new DomainError("conflict", "This sweep has ended.");
    await ctx.db
      .update(trainingSweeps)
      .set({ state: "stopped", message: reason || null, endedAt: sql`now()` })
      .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), eq(trainingSweeps.id, id)));
    await endSweepRun(systemContext(ctx.db, ctx.actor.workspaceId, "training"), sweep.runId, "KILLED");
    await record(ctx, "training-sweep.stopped", { subject: `training-sweep/${id}`, reason });
    await publish(ctx, "training", id);
  });
  return loadSweep(ctx, id);
}
