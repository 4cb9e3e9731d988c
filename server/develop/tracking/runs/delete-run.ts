import { and, isNull } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noRun, thisRun } from "./lock-run.ts";

/** Moves a run to the trash; it can be read and restored. The operation is idempotent. */
export async function deleteRun(ctx: Context, runId: string): Promise<void> {
  permit(ctx, "deleteRun");
  await transact(ctx, async (ctx) => {
    const [run] = await ctx.db
      .update(runs)
      .set({ deletedAt: Date.now() })
      .where(and(thisRun(ctx, runId), isNull(runs.deletedAt)))
      .returning();
    if (run) {
      await record(ctx, "run.deleted", { subject: `run/${runId}`, before: { name: run.name } });
      await publish(ctx, "run", runId);
      await publish(ctx, "experiment", String(run.experimentId));
      return;
    }
    const [known] = await ctx.db.select({ id: runs.id }).from(runs).where(thisRun(ctx, runId));
    if (!known) throw noRun(runId);
  });
}
