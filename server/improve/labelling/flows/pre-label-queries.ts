import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelConfig, LabelValue } from "../contract.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { readRegions } from "../regions/read-regions.ts";
import { isAgreed } from "../runs/value-similarity.ts";
import { comparePreLabels } from "./compare-pre-labels.ts";
import { OfLabelProject, type PreLabelComparison } from "./contract.ts";

/** Newest answers that are compared. */
const maxAnswers = 20_000;

const Answer = z.object({
  value: LabelValue,
  shown: z.boolean(),
  probabilities: z.array(z.number()).nullable(),
  prediction: z.array(z.unknown()).nullable(),
});

/** Compares answers of people who saw the model's prediction with those of people who did not. @throws DomainError "not-found" */
export async function getPreLabelComparison(ctx: Context, input: OfLabelProject): Promise<PreLabelComparison> {
  permit(ctx, "getPreLabelComparison");
  const { projectId } = OfLabelProject.parse(input);
  const project = await findLabelProject(ctx, projectId);
  const config = LabelConfig.parse(project.config);
  const result = await ctx.db.execute(sql`
    select answer.value, answer.shown_prediction as shown, task.probabilities, prediction.result as prediction
    from label_answers as answer
    join label_tasks as task on task.id = answer.task_id
    left join lateral (select result from label_predictions where label_predictions.task_id = task.id
      order by label_predictions.id desc limit 1) as prediction on true
    where answer.workspace_id = ${ctx.actor.workspaceId} and answer.project_id = ${projectId} and answer.superseded_at is null
      and not answer.is_gold and answer.value is not null and (task.probabilities is not null or prediction.result is not null)
    order by answer.id desc limit ${maxAnswers}`);
  const counts = { shown: { answers: 0, same: 0 }, blind: { answers: 0, same: 0 } };
  for (const { value, shown, probabilities, prediction } of rowsOf(Answer, result)) {
    const predicted = prediction ? readPrediction(config, prediction) : likeliestValue(config, probabilities);
    if (predicted?.kind !== value.kind) continue;
    const side = shown ? counts.shown : counts.blind;
    side.answers += 1;
    if (isAgreed(value, predicted)) side.same += 1;
  }
  return comparePreLabels(counts);
}

/** Undefined for a prediction of an earlier configuration. */
function readPrediction(config: LabelConfig, result: readonly unknown[]): LabelValue | undefined {
  try {
    return readRegions(config, result).value ?? undefined;
  } catch (cause) {
    if (cause instanceof DomainError) return undefined;
    throw cause;
  }
}

function likeliestValue({ controls }: LabelConfig, probabilities: readonly number[] | null): LabelValue | undefined {
  const classes = controls[0]?.classes ?? [];
  if (controls[0]?.kind !== "class" || probabilities?.length !== classes.length) return undefined;
  const label = classes[probabilities.indexOf(Math.max(...probabilities))]?.name;
  return label === undefined ? undefined : { kind: "class", label };
}
