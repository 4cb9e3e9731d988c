import { and, eq, isNull, sql } from "drizzle-orm";
import { labelAnswers, labelConsensus, labelGolds } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { requireFit } from "../answers/answer-label-task.ts";
import type { LabelValue } from "../contract.ts";
import { findProjectOfTask } from "../projects/find-project-of-task.ts";
import { storeReviewedLabel } from "../reviews/store-reviewed-label.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { type GoldItem, SetGold } from "./contract.ts";
import { loadGolds } from "./queries.ts";
import { remeasureGold, withMaker } from "./remeasure-gold.ts";

/** People who agree on a label from which it can be that of a gold item without a reviewer. */
const minPeople = 3;

/**
 * Makes a task a gold item, by which people are measured, changes its label or explanation, or disables it. Its label becomes that of the task,
 * as decided by a reviewer; answers that people gave before are not measured by it.
 * @throws DomainError "not-found", "invalid" without a label that is certain enough, or for one that does not fit
 */
export async function setGold(ctx: Context, input: SetGold): Promise<GoldItem> {
  permit(ctx, "setGold");
  const { taskId, isEnabled, ...values } = SetGold.parse(input);
  return transact(ctx, async (ctx) => {
    const project = await findProjectOfTask(ctx, taskId);
    const task = await lockTask(ctx, project.id, taskId);
    const [before] = await ctx.db.select().from(labelGolds).where(eq(labelGolds.taskId, taskId));
    const label = await findLabel(ctx, taskId);
    const value = values.value ?? before?.value ?? (await certain(ctx, taskId, label));
    requireFit(project.config, value, task);
    // Also where the label is the same, so that later answers do not move it.
    if (label?.method !== "review" || canonicalJson(label.value) !== canonicalJson(value)) {
      await storeReviewedLabel(ctx, project, { task, value });
    }
    const explanation = values.explanation ?? before?.explanation ?? "";
    const { workspaceId, name: createdBy } = ctx.actor;
    const { person } = await annotatorOf(ctx);
    if (before && canonicalJson(before.value) !== canonicalJson(value))
      await remeasureGold(ctx, project, { taskId, value });
    await ctx.db
      .insert(labelGolds)
      .values({
        workspaceId,
        projectId: project.id,
        taskId,
        value,
        explanation,
        isEnabled,
        createdBy,
        madeBy: [person],
      })
      .onConflictDoUpdate({
        target: labelGolds.taskId,
        set: { value, explanation, isEnabled, madeBy: withMaker(person) },
      });
    await record(ctx, before ? "label-gold.updated" : "label-gold.created", {
      subject: `label-project/${project.name}`,
      ...(before && { before: { value: before.value, isEnabled: before.isEnabled } }),
      after: { task: taskId, item: task.item, value, isEnabled },
    });
    await publish(ctx, "labels", String(project.id));
    const [gold] = await loadGolds(ctx, eq(labelGolds.taskId, taskId));
    if (!gold) throw new Error("The gold item was not stored.");
    return gold;
  });
}

const isDisagreeing = (taskId: number) =>
  and(eq(labelAnswers.taskId, taskId), isNull(labelAnswers.supersededAt), sql`${labelAnswers.agreed} is not true`);

type Label = Pick<typeof labelConsensus.$inferSelect, "value" | "method" | "people">;

async function findLabel(ctx: Context, taskId: number): Promise<Label | undefined> {
  const [label] = await ctx.db
    .select()
    .from(labelConsensus)
    .where(and(eq(labelConsensus.taskId, taskId), isNull(labelConsensus.supersededAt)));
  return label;
}

/** @throws DomainError "invalid" */
async function certain(ctx: Context, taskId: number, label: Label | undefined): Promise<LabelValue> {
  if (label?.method === "review") return label.value;
  if (label && label.people >= minPeople && (await ctx.db.$count(labelAnswers, isDisagreeing(taskId))) === 0) {
    return label.value;
  }
  const message = `Enter the label: neither a reviewer nor ${minPeople} people who agree have given one.`;
  throw new DomainError("invalid", message, { field: "value" });
}
