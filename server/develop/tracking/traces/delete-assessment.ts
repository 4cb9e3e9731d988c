import { traceAssessments } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { thisAssessment } from "./rows.ts";

/** Deletes an assessment; the one that it overrode becomes valid again. Does nothing for a missing one: clients may retry. */
export async function deleteAssessment(
  ctx: Context,
  { traceId, assessmentId: id }: { traceId: string; assessmentId: string },
): Promise<void> {
  permit(ctx, "deleteAssessment");
  await transact(ctx, async (ctx) => {
    const [deleted] = await ctx.db.delete(traceAssessments).where(thisAssessment(ctx, { traceId, id })).returning();
    if (!deleted?.overrides) return;
    const overridden = { traceId, id: deleted.overrides };
    await ctx.db.update(traceAssessments).set({ isValid: true }).where(thisAssessment(ctx, overridden));
  });
}
