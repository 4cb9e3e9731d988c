import { and, eq, sql } from "drizzle-orm";
import { labelAnnotators, labelAnswers, labelGolds } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import type { LabelValue } from "../contract.ts";
import { mainControl } from "../projects/check-label-config.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";
import { labelsAgree } from "../values/labels-agree.ts";

/** Adds a person to those who gave the label of a gold item. */
export const withMaker = (person: string) =>
  sql`array_append(array_remove(${labelGolds.madeBy}, ${person}), ${person})`;

/**
 * Compares answers to a gold item with its new label, and corrects what they count for their annotators. People who are paused stay so until
 * someone lets them continue. The caller holds the task.
 */
export async function remeasureGold(
  ctx: Context,
  { id: projectId, config }: LabelProjectRow,
  { taskId, value }: { taskId: number; value: LabelValue },
): Promise<void> {
  noteLock(ctx, "label annotator");
  const answers = await ctx.db
    .select()
    .from(labelAnswers)
    .where(and(eq(labelAnswers.taskId, taskId), eq(labelAnswers.isGold, true)))
    // In the order in which everyone locks annotators.
    .orderBy(labelAnswers.person, labelAnswers.id);
  for (const answer of answers) {
    const agreed = answer.value !== null && labelsAgree(answer.value, value, mainControl(config));
    if (agreed === answer.agreed) continue;
    await ctx.db.update(labelAnswers).set({ agreed }).where(eq(labelAnswers.id, answer.id));
    const correct = sql`${labelAnnotators.goldCorrect} + ${agreed ? 1 : -1}`;
    await ctx.db
      .update(labelAnnotators)
      // Answers from before a person was let continue count no longer.
      .set({ goldCorrect: sql`greatest(0, least(${labelAnnotators.goldSeen}, ${correct}))` })
      .where(and(eq(labelAnnotators.projectId, projectId), eq(labelAnnotators.person, answer.person)));
  }
}
