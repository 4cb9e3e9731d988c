import { evaluationDatasets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type EvaluationDataset, LinkEvaluationDataset } from "./contract.ts";
import { loadDatasets } from "./load-datasets.ts";
import { changedBy, lockDataset, noDataset, requireExperiments, thisDataset } from "./rows.ts";

/** Adds an evaluation dataset to experiments or takes it out of them; what is so already stays. @throws DomainError "not-found" */
export async function linkEvaluationDataset(ctx: Context, input: LinkEvaluationDataset): Promise<EvaluationDataset> {
  permit(ctx, "linkEvaluationDataset");
  const { id, action, experimentIds: named } = LinkEvaluationDataset.parse(input);
  return transact(ctx, async (ctx) => {
    const dataset = await lockDataset(ctx, id);
    if (action === "add") await requireExperiments(ctx, named);
    const experimentIds =
      action === "add"
        ? [...new Set([...dataset.experimentIds, ...named])]
        : dataset.experimentIds.filter((one) => !named.includes(one));
    if (experimentIds.length !== dataset.experimentIds.length) {
      const change = changedBy(ctx.actor.name, dataset);
      await ctx.db
        .update(evaluationDatasets)
        .set({ experimentIds, ...change })
        .where(thisDataset(ctx, id));
    }
    const [linked] = await loadDatasets(ctx, [id]);
    if (!linked) throw noDataset(id);
    return linked;
  });
}
