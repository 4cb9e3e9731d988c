import { randomUUID } from "node:crypto";
import { evaluationDatasets } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { storable } from "../traces/storable.ts";
import { CreateEvaluationDataset, type EvaluationDataset } from "./contract.ts";
import { loadDatasets } from "./load-datasets.ts";
import { digestOf, requireExperiments, userTag } from "./rows.ts";

/** Makes an empty evaluation dataset; names may repeat, as in MLflow. @throws DomainError "not-found" for an unknown experiment. */
export async function createEvaluationDataset(
  ctx: Context,
  input: CreateEvaluationDataset,
): Promise<EvaluationDataset> {
  permit(ctx, "createEvaluationDataset");
  const { name, tags, experimentIds } = storable(CreateEvaluationDataset.parse(input));
  const { workspaceId } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const linked = [...new Set(experimentIds)];
    await requireExperiments(ctx, linked);
    const id = `d-${randomUUID().replaceAll("-", "")}`;
    const by = tags[userTag] ?? ctx.actor.name;
    const now = Date.now();
    await ctx.db.insert(evaluationDatasets).values({
      workspaceId,
      id,
      name,
      tags,
      experimentIds: linked,
      digest: digestOf(name, now),
      createdBy: by,
      updatedBy: by,
      createdAt: now,
      updatedAt: now,
    });
    await record(ctx, "evaluation-dataset.created", { subject: `evaluation-dataset/${id}`, after: { name } });
    const [made] = await loadDatasets(ctx, [id]);
    if (!made) throw new Error("The evaluation dataset was not created.");
    return made;
  });
}
