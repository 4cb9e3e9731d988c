import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { labelAnswers, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { annotatorOf } from "../annotators/annotator-of.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import { StoredAnswer } from "../tasks/contract.ts";
import { toStoredAnswer } from "../tasks/queries.ts";

export const ListOwnAnswers = z.object({
  projectId: z.number().int().min(1),
  /** Id of the last answer of the page before. */
  before: z.number().int().min(1).optional(),
  limit: z.number().int().min(1).max(200).default(50),
});
export type ListOwnAnswers = z.input<typeof ListOwnAnswers>;

/** An answer of the caller. Whether its task was a gold item is known once it is answered. */
export const OwnAnswer = StoredAnswer.extend({ item: z.string() });
export type OwnAnswer = z.infer<typeof OwnAnswer>;

/** By time, as the list is sorted: imported answers have old times and new ids. */
const isBefore = (id: number) => sql`(${labelAnswers.createdAt}, ${labelAnswers.id}) <
  (select last.created_at, last.id from label_answers as last where last.id = ${id})`;

/** Lists the current answers of the caller, newest first. @returns `next`, the id to continue before @throws DomainError "not-found" */
export async function listOwnAnswers(
  ctx: Context,
  input: ListOwnAnswers,
): Promise<{ answers: OwnAnswer[]; next: number | null }> {
  permit(ctx, "listOwnAnswers");
  const { projectId, before, limit } = ListOwnAnswers.parse(input);
  const { person, name } = await annotatorOf(ctx);
  await findLabelProject(ctx, projectId);
  const rows = await ctx.db
    .select({ answer: labelAnswers, item: labelTasks.item })
    .from(labelAnswers)
    .innerJoin(labelTasks, eq(labelTasks.id, labelAnswers.taskId))
    .where(
      and(
        eq(labelAnswers.workspaceId, ctx.actor.workspaceId),
        eq(labelAnswers.projectId, projectId),
        eq(labelAnswers.person, person),
        isNull(labelAnswers.supersededAt),
        before === undefined ? undefined : isBefore(before),
      ),
    )
    .orderBy(desc(labelAnswers.createdAt), desc(labelAnswers.id))
    .limit(limit);
  const answers = rows.map(({ answer, item }) => ({ ...toStoredAnswer(answer, name), item }));
  return { answers, next: rows.length === limit ? (answers.at(-1)?.id ?? null) : null };
}
