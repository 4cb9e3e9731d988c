import { and, desc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { labelAnnotators } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { evaluateGold } from "#server/stats/labelling/gold-rule.ts";
import { labelPace } from "../pace/label-pace.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { annotatorOf } from "./annotator-of.ts";
import { type LabelAnnotator, OfAnnotator } from "./contract.ts";

/** Lists the people of a project, those who answered last first. @throws DomainError "not-found" */
export async function listLabelAnnotators(ctx: Context, projectId: number): Promise<LabelAnnotator[]> {
  permit(ctx, "listLabelAnnotators");
  return load(ctx, await findLabelProject(ctx, projectId));
}

/** Returns a person of a project. @throws DomainError "not-found" */
export async function getLabelAnnotator(ctx: Context, input: OfAnnotator): Promise<LabelAnnotator> {
  permit(ctx, "getLabelAnnotator");
  const { projectId, person } = OfAnnotator.parse(input);
  const [annotator] = await load(ctx, await findLabelProject(ctx, projectId), person);
  if (!annotator) throw noAnnotator();
  return annotator;
}

/** Returns the caller in a project; null before they were given a task. @throws DomainError "not-found" */
export async function getOwnAnnotator(ctx: Context, projectId: number): Promise<LabelAnnotator | null> {
  permit(ctx, "getOwnAnnotator");
  const { person } = await annotatorOf(ctx);
  const [annotator] = await load(ctx, await findLabelProject(ctx, projectId), person);
  return annotator ?? null;
}

export const noAnnotator = () => new DomainError("not-found", "This person has not labelled in this project.");

const Spent = z.object({ person: z.string(), spent: z.array(z.number()) });

async function load(
  ctx: Context,
  { id, settings, progress }: LabelProjectRow,
  person?: string,
): Promise<LabelAnnotator[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select()
    .from(labelAnnotators)
    .where(
      and(
        eq(labelAnnotators.workspaceId, workspaceId),
        eq(labelAnnotators.projectId, id),
        person === undefined ? undefined : eq(labelAnnotators.person, person),
      ),
    )
    .orderBy(sql`${labelAnnotators.lastAnswerAt} desc nulls last`, desc(labelAnnotators.createdAt));
  const people = rows.map((row) => row.person);
  const spent = await ctx.db.execute(sql`
    select people.person, array(
      select spent_ms from label_answers as answer
      where answer.project_id = ${id} and answer.person = people.person and answer.spent_ms is not null
      order by answer.created_at desc limit 50
    ) as spent
    from unnest(${sql.param(people)}::text[]) as people (person)`);
  const spentBy = new Map(rowsOf(Spent, spent).map((row) => [row.person, row.spent]));
  const rounds = new Map(progress?.decisions?.map(({ person, done, total }) => [person, { done, total }]));
  return rows.map((row) => {
    const { goldSeen: seen, goldCorrect: correct } = row;
    return {
      person: row.person,
      name: row.name,
      given: row.given,
      answered: row.answered,
      cannotTell: row.cannotTell,
      compared: row.compared,
      agreed: row.agreed,
      gold: { seen, correct, ...evaluateGold({ correct, seen }, settings.minGoldAccuracy) },
      medianMs: labelPace(spentBy.get(row.person) ?? [])?.medianMs ?? null,
      lastAnswerAt: row.lastAnswerAt,
      pausedAt: row.pausedAt,
      pauseReason: row.pauseReason,
      excludedAt: row.excludedAt,
      deciding: rounds.get(row.person) ?? null,
      createdAt: row.createdAt,
    };
  });
}
