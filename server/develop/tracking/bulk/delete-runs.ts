import { inArray } from "drizzle-orm";
import { runs } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { chooseRuns } from "./choose-runs.ts";
import { type BulkStep, DeleteRuns } from "./contract.ts";

/** Moves many runs to the trash, one step of them. They can be restored. */
export async function deleteRuns(ctx: Context, input: DeleteRuns): Promise<BulkStep> {
  permit(ctx, "deleteRuns");
  const { reason, ...chosen } = DeleteRuns.parse(input);
  return transact(ctx, async (ctx) => {
    const { ids, left, next } = await chooseRuns(ctx, chosen, "ACTIVE_ONLY");
    if (ids.length === 0) return { changed: [], left: 0 };
    await ctx.db.update(runs).set({ deletedAt: Date.now() }).where(inArray(runs.id, ids));
    const after = { runs: ids.length, runIds: ids };
    await record(ctx, "runs.deleted", { subject: `experiment/${chosen.experimentId}`, after, reason });
    await publish(ctx, "experiment", String(chosen.experimentId));
    return { changed: ids, left, ...(next !== undefined && { next }) };
  });
}
