import { evaluationDatasets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { storable } from "../traces/storable.ts";
import { TagEvaluationDataset } from "./contract.ts";
import { changedBy, lockDataset, thisDataset, userTag } from "./rows.ts";

/** Sets tags of an evaluation dataset, and takes off those that are null. @throws DomainError "not-found" */
export async function tagEvaluationDataset(ctx: Context, input: TagEvaluationDataset): Promise<void> {
  permit(ctx, "tagEvaluationDataset");
  const { id, tags: requestedTags } = storable(TagEvaluationDataset.parse(input));
  await transact(ctx, async (ctx) => {
    const dataset = await lockDataset(ctx, id);
    const all = Object.entries({ ...dataset.tags, ...requestedTags });
    const tags = Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== null));
    const change = changedBy(requestedTags[userTag] ?? ctx.actor.name, dataset);
    await ctx.db
      .update(evaluationDatasets)
      .set({ tags, ...change })
      .where(thisDataset(ctx, id));
  });
}
