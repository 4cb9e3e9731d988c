import { and, eq, isNull } from "drizzle-orm";
import { labelConsensus, labelGolds } from "#db/schema/index.ts";
import { canonicalJson } from "#server/base/canonical-json.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { requireFit } from "../answers/answer-label-task.ts";
import type { LabelValue } from "../contract.ts";
import { findProjectOfTask } from "../projects/find-project-of-task.ts";
import { storeReviewedLabel } from "../reviews/store-reviewed-label.ts";
import { lockTask } from "../tasks/lock-tasks.ts";
import { type GoldItem, SetGold } from "./contract.ts";
import { loadGolds } from "./queries.ts";

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
    const value = values.value ?? before?.value ?? certain(label);
    requireFit(project.config, value, task);
    if (!label || canonicalJson(label.value) !== canonicalJson(value))
      await storeReviewedLabel(ctx, project, { task, value });
    const explanation = values.explanation ?? before?.explanation ?? "";
    const { workspaceId, name: createdBy } = ctx.actor;
    await ctx.db
      .insert(labelGolds)
      .values({ workspaceId, projectId: project.id, taskId, value, explanation, isEnabled, createdBy })
      .onConflictDoUpdate({ target: labelGolds.taskId, set: { value, explanation, isEnabled } });
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

type Label = Pick<typeof labelConsensus.$inferSelect, "value" | "method" | "people">;

async function findLabel(ctx: Context, taskId: number): Promise<Label | undefined> {
  const [label] = await ctx.db
    .select()
    .from(labelConsensus)
    .where(and(eq(labelConsensus.taskId, taskId), isNull(labelConsensus.supersededAt)));
  return label;
}

/** @throws DomainError "invalid" */
function certain(label: Label | undefined): LabelValue {
  if (label && (label.method === "review" || label.people >= minPeople)) return label.value;
  const message = `Enter the label: neither a reviewer nor ${minPeople} people have given one.`;
  throw new DomainError("invalid", message, { field: "value" });
}
