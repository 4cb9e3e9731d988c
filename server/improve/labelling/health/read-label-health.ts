import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { LabelRunMeasures } from "../runs/contract.ts";
import { readWaiting, type WaitingLabels } from "../runs/summary-queries.ts";

/** What can be wrong with the labels of an active project. Measures are of the newest run: null before the first. */
export interface LabelHealth extends WaitingLabels, LabelRunMeasures {
  endpointId: string | null;
  /** Last answer of anyone, and when the oldest open task was added; milliseconds since 1970, null without any. */
  lastAnswerAt: number | null;
  oldestOpenAt: number | null;
}

const none: LabelRunMeasures = { alpha: null, ac1: null, largestClassShare: null, noise: null };

const Activity = z.object({
  projectId: z.number(),
  endpointId: z.string().nullable(),
  lastAnswerAt: z.number().nullable(),
  oldestOpenAt: z.number().nullable(),
});

/**
 * Reads how the labels of all active projects of the workspace are, in as many statements for many projects as for one. The caller has checked
 * permissions.
 */
export async function readLabelHealth(ctx: Context): Promise<LabelHealth[]> {
  const projects = (await readWaiting(ctx)).map(({ waiting }) => waiting);
  if (projects.length === 0) return [];
  const activity = await ctx.db.execute(sql`
    select project.id::float8 as "projectId", project.endpoint_id::text as "endpointId",
      (select (extract(epoch from max(last_answer_at)) * 1000)::float8 from label_annotators as annotator
        where annotator.project_id = project.id) as "lastAnswerAt",
      (select (extract(epoch from task.created_at) * 1000)::float8 from label_tasks as task
        where task.project_id = project.id and task.state = 'open' order by task.id limit 1) as "oldestOpenAt"
    from label_projects as project where project.workspace_id = ${ctx.actor.workspaceId} and project.state = 'active'`);
  const byProject = new Map(rowsOf(Activity, activity).map((row) => [row.projectId, row]));
  const measures = await readMeasures(ctx);
  return projects.map((waiting) => {
    const { endpointId = null, lastAnswerAt = null, oldestOpenAt = null } = byProject.get(waiting.projectId) ?? {};
    return { ...waiting, ...(measures.get(waiting.projectId) ?? none), endpointId, lastAnswerAt, oldestOpenAt };
  });
}

/** Reads numbers of the newest finished run of each active project, without its lists, which are long. */
async function readMeasures({ actor, db }: Context): Promise<Map<number, LabelRunMeasures>> {
  const { rows } = await db.execute<{ projectId: number }>(sql`
    select project.id::float8 as "projectId", newest.* from label_projects as project
    cross join lateral (
      select run.results->'agreement'->'alpha' as alpha, run.results->'agreement'->'ac1' as ac1,
        run.results->'largestClassShare' as "largestClassShare", run.results->'noise'->'share' as noise
      from label_runs as run
      where run.workspace_id = ${actor.workspaceId} and run.project_id = project.id and run.state = 'done'
      order by run.id desc limit 1
    ) as newest
    where project.workspace_id = ${actor.workspaceId} and project.state = 'active'`);
  return new Map(
    rows.flatMap((row) => {
      // Results of an older release may have another form; the next run replaces them.
      const { data } = LabelRunMeasures.safeParse(row);
      return data ? [[row.projectId, data] as const] : [];
    }),
  );
}
