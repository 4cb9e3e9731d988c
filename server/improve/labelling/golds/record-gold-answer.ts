import { and, eq, isNull, sql } from "drizzle-orm";
import { labelAnnotators, labelAnswers, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { evaluateGold } from "#server/stats/labelling/gold-rule.ts";
import { type OwnCounts, settleTasks } from "../consensus/settle-tasks.ts";
import type { LabelValue } from "../contract.ts";
import { mainControl } from "../projects/check-label-config.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";
import type { LockedTask } from "../tasks/lock-tasks.ts";
import { labelsAgree } from "../values/labels-agree.ts";

/** Incorrect answers to a gold item from which, if they are the majority, a reviewer looks at the item. */
const minDisputes = 3;

interface GoldAnswer {
  project: LabelProjectRow;
  task: LockedTask;
  answerId: number;
  /** Null for someone who cannot tell, which is no correct answer. */
  value: LabelValue | null;
  gold: { value: LabelValue };
  counts: OwnCounts;
}

/**
 * Evaluates the answer to a gold item, which the caller has stored, and pauses its annotator where the item shows that their accuracy is
 * below what the project requires. An item that most people answer otherwise goes to review. docs/spec/labelling.md section 10.1.
 * @returns whether it was correct, and why the person is paused
 */
export async function recordGoldAnswer(
  ctx: Context,
  { project, task, answerId, value, gold, counts }: GoldAnswer,
): Promise<{ isCorrect: boolean; paused: string | null }> {
  const isCorrect = value !== null && labelsAgree(value, gold.value, mainControl(project.config));
  await ctx.db.update(labelAnswers).set({ agreed: isCorrect }).where(eq(labelAnswers.id, answerId));
  await settleTasks(ctx, project, {
    taskIds: [],
    own: [{ ...counts, goldSeen: 1, goldCorrect: Number(isCorrect) }],
  });
  if (!isCorrect) await disputeGold(ctx, task);
  return { isCorrect, paused: await pauseByGold(ctx, project, counts) };
}

async function disputeGold(ctx: Context, { id, review }: LockedTask): Promise<void> {
  if (review !== null) return;
  const [given] = await ctx.db
    .select({
      incorrect: sql<number>`count(*) filter (where not agreed)`,
      correct: sql<number>`count(*) filter (where agreed)`,
    })
    .from(labelAnswers)
    .where(and(eq(labelAnswers.taskId, id), labelAnswers.isGold));
  if (!given || given.incorrect < minDisputes || given.incorrect <= given.correct) return;
  await ctx.db.update(labelTasks).set({ review: "gold", updatedAt: sql`now()` }).where(eq(labelTasks.id, id));
}

async function pauseByGold(
  ctx: Context,
  project: LabelProjectRow,
  { person, name }: OwnCounts,
): Promise<string | null> {
  const isAnnotator = and(eq(labelAnnotators.projectId, project.id), eq(labelAnnotators.person, person));
  const [annotator] = await ctx.db.select().from(labelAnnotators).where(isAnnotator);
  if (!annotator || annotator.pausedAt) return annotator?.pauseReason ?? null;
  const { goldSeen: seen, goldCorrect: correct } = annotator;
  const floor = project.settings.minGoldAccuracy;
  if (evaluateGold({ correct, seen }, floor).action !== "pause") return null;
  const percent = Math.round(floor * 100);
  const reason = `${correct} of ${seen} gold items correct; accuracy is very likely below ${percent}%.`;
  await ctx.db
    .update(labelAnnotators)
    .set({ pausedAt: sql`now()`, pauseReason: reason })
    .where(and(isAnnotator, isNull(labelAnnotators.pausedAt)));
  await record(ctx, "label-annotator.paused", {
    subject: `label-project/${project.name}`,
    after: { person, name, seen, correct },
    reason,
  });
  return reason;
}
