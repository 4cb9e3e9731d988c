import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { LabelInterval } from "../runs/contract.ts";
import { findFinishedRun } from "../runs/queries.ts";
import type { LabelBacklog } from "../runs/summary-contract.ts";
import { readBacklogs } from "../runs/summary-queries.ts";

/** What can be wrong with the labels of an active project. */
export interface LabelHealth extends LabelBacklog {
  endpointId: string | null;
  /** Last answer of anyone, and when the oldest open task was added; milliseconds since 1970, null without any. */
  lastAnswerAt: number | null;
  oldestOpenAt: number | null;
  /** Of the newest run: null before the first, and where it has no such number. */
  alpha: LabelInterval | null;
  ac1: LabelInterval | null;
  /** Share of the answers that say the most frequent class. */
  largestClassShare: number | null;
  /** Estimated share of wrong labels. */
  noise: LabelInterval | null;
}

const Activity = z.object({
  projectId: z.number(),
  endpointId: z.string().nullable(),
  lastAnswerAt: z.number().nullable(),
  oldestOpenAt: z.number().nullable(),
});

/** Reads how the labels of all active projects of the workspace are. The caller has checked permissions. */
export async function readLabelHealth(ctx: Context): Promise<LabelHealth[]> {
  const backlogs = (await readBacklogs(ctx)).map(({ backlog }) => backlog);
  if (backlogs.length === 0) return [];
  const activity = await ctx.db.execute(sql`
    select project.id::float8 as "projectId", project.endpoint_id::text as "endpointId",
      (select (extract(epoch from max(last_answer_at)) * 1000)::float8 from label_annotators as annotator
        where annotator.project_id = project.id) as "lastAnswerAt",
      (select (extract(epoch from task.created_at) * 1000)::float8 from label_tasks as task
        where task.project_id = project.id and task.state = 'open' order by task.id limit 1) as "oldestOpenAt"
    from label_projects as project where project.workspace_id = ${ctx.actor.workspaceId} and project.state = 'active'`);
  const byProject = new Map(rowsOf(Activity, activity).map((row) => [row.projectId, row]));
  const found: LabelHealth[] = [];
  for (const backlog of backlogs) {
    const { endpointId = null, lastAnswerAt = null, oldestOpenAt = null } = byProject.get(backlog.projectId) ?? {};
    const results = (await findFinishedRun(ctx, backlog.projectId))?.results;
    found.push({
      ...backlog,
      endpointId,
      lastAnswerAt,
      oldestOpenAt,
      alpha: results?.agreement.alpha ?? null,
      ac1: results?.agreement.ac1 ?? null,
      largestClassShare: results?.largestClassShare ?? null,
      noise: results?.noise?.share ?? null,
    });
  }
  return found;
}
