import { evaluationDatasets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { thisDataset } from "./rows.ts";

/** Permanently deletes an evaluation dataset with its records. Idempotent: does nothing for one that does not exist. */
export async function deleteEvaluationDataset(ctx: Context, id: string): Promise<void> {
  permit(ctx, "deleteEvaluationDataset");
  await transact(ctx, async (ctx) => {
    const [deleted] = await ctx.db.delete(evaluationDatasets).where(thisDataset(ctx, id)).returning();
    if (!deleted) return;
    const before = { name: deleted.name };
    await record(ctx, "evaluation-dataset.deleted", { subject: `evaluation-dataset/${id}`, before });
  });
}
