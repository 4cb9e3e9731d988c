import { and, eq, inArray } from "drizzle-orm";
import { evaluationDatasets, evaluationRecords } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DeleteEvaluationRecords } from "./contract.ts";
import { changedBy, lockDataset, thisDataset } from "./rows.ts";

/** Permanently deletes records of an evaluation dataset; skips unknown ones. @returns their number. @throws DomainError "not-found" */
export async function deleteEvaluationRecords(ctx: Context, input: DeleteEvaluationRecords): Promise<number> {
  permit(ctx, "deleteEvaluationRecords");
  const { id, recordIds } = DeleteEvaluationRecords.parse(input);
  return transact(ctx, async (ctx) => {
    const dataset = await lockDataset(ctx, id);
    const deleted = await ctx.db
      .delete(evaluationRecords)
      .where(
        and(
          eq(evaluationRecords.workspaceId, ctx.actor.workspaceId),
          eq(evaluationRecords.datasetId, id),
          inArray(evaluationRecords.id, recordIds),
        ),
      )
      .returning({ id: evaluationRecords.id });
    if (deleted.length > 0) {
      await ctx.db.update(evaluationDatasets).set(changedBy(ctx.actor.name, dataset)).where(thisDataset(ctx, id));
    }
    return deleted.length;
  });
}
