import { and, desc, eq, gte, isNull, notExists, or, type SQL, sql } from "drizzle-orm";
import { labelAnswers, labelConsensus, labelGolds, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLabelProject } from "../projects/find-label-project.ts";
import type { GoldCandidate, GoldItem } from "./contract.ts";

/** Lists the gold items of a project, newest first, with how people answered them. @throws DomainError "not-found" */
export async function listGolds(ctx: Context, projectId: number): Promise<GoldItem[]> {
  permit(ctx, "listGolds");
  await findLabelProject(ctx, projectId);
  return loadGolds(ctx, eq(labelGolds.projectId, projectId));
}

/** Lists settled tasks that could become gold items, those with most people first. @throws DomainError "not-found" */
export async function listGoldCandidates(ctx: Context, projectId: number): Promise<GoldCandidate[]> {
  permit(ctx, "listGoldCandidates");
  await findLabelProject(ctx, projectId);
  const disagreeing = ctx.db
    .select({ id: labelAnswers.id })
    .from(labelAnswers)
    .where(
      and(
        eq(labelAnswers.taskId, labelConsensus.taskId),
        isNull(labelAnswers.supersededAt),
        sql`${labelAnswers.agreed} is not true`,
      ),
    );
  const gold = ctx.db
    .select({ id: labelGolds.taskId })
    .from(labelGolds)
    .where(eq(labelGolds.taskId, labelConsensus.taskId));
  return ctx.db
    .select({
      taskId: labelConsensus.taskId,
      item: labelTasks.item,
      value: labelConsensus.value,
      posterior: labelConsensus.posterior,
      people: labelConsensus.people,
    })
    .from(labelConsensus)
    .innerJoin(labelTasks, eq(labelTasks.id, labelConsensus.taskId))
    .where(
      and(
        eq(labelConsensus.workspaceId, ctx.actor.workspaceId),
        eq(labelConsensus.projectId, projectId),
        isNull(labelConsensus.supersededAt),
        or(eq(labelConsensus.method, "review"), and(gte(labelConsensus.people, 3), notExists(disagreeing))),
        notExists(gold),
      ),
    )
    .orderBy(desc(labelConsensus.people), desc(labelConsensus.id))
    .limit(100);
}

/** Loads gold items inside a command. */
export async function loadGolds(ctx: Context, where: SQL): Promise<GoldItem[]> {
  const answered = (condition: SQL) =>
    sql<number>`(select count(*) from label_answers as answer where answer.task_id = ${labelGolds.taskId}
      and answer.is_gold and answer.superseded_at is null and ${condition})`.mapWith(Number);
  return ctx.db
    .select({
      taskId: labelGolds.taskId,
      item: labelTasks.item,
      value: labelGolds.value,
      explanation: labelGolds.explanation,
      isEnabled: labelGolds.isEnabled,
      createdBy: labelGolds.createdBy,
      createdAt: labelGolds.createdAt,
      seen: answered(sql`true`),
      correct: answered(sql`answer.agreed`),
    })
    .from(labelGolds)
    .innerJoin(labelTasks, eq(labelTasks.id, labelGolds.taskId))
    .where(and(eq(labelGolds.workspaceId, ctx.actor.workspaceId), where))
    .orderBy(desc(labelGolds.createdAt), desc(labelGolds.taskId));
}
