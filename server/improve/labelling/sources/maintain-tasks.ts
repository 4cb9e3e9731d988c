import { and, eq, sql } from "drizzle-orm";
import { z } from "zod";
import { labelTasks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { countMoves } from "../consensus/count-moves.ts";
import { RankFactors, TaskSource } from "../contract.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import { findFinishedRun } from "../runs/queries.ts";
import { rerank } from "./rerank.ts";

const batch = 1000;
/** Open tasks whose rank is computed again, the first of the queue. */
const maxReranked = 50_000;

const OpenTask = z.object({
  id: z.coerce.number(),
  rank: z.number(),
  factors: RankFactors.nullable(),
  probabilities: z.array(z.number()).nullable(),
  twins: z.number(),
});

const Dropped = z.object({ source: TaskSource, count: z.coerce.number() });

/**
 * Keeps the queue of a project as it should be: drops open tasks without an answer or a lease that are older than the project's horizon or whose version was
 * deleted, deletes those that were dropped as long ago, and moves those whose rank has changed by more than 0.1. Every step is a transaction, and a
 * repeated one finds nothing to do.
 * @returns how many tasks were dropped, deleted and moved
 */
export async function maintainTasks(
  ctx: Context,
  projectId: number,
): Promise<{ dropped: number; deleted: number; moved: number }> {
  permit(ctx, "maintainTasks");
  const project = await findLabelProject(ctx, projectId);
  const deleted = await deleteDropped(ctx, project);
  if (project.state === "archived") return { dropped: 0, deleted, moved: 0 };
  const dropped = await dropStale(ctx, project);
  return { dropped, deleted, moved: await moveTasks(ctx, project) };
}

/** Deletes tasks that nobody answered before they were dropped, with their copy of what was logged. Those with answers stay. */
async function deleteDropped(ctx: Context, project: LabelProjectRow): Promise<number> {
  let deleted = 0;
  for (;;) {
    const count = await transact(ctx, async (ctx) => {
      const result = await ctx.db.execute(sql`
        with stale as (
          select task.id from label_tasks as task
          where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${project.id} and task.state = 'dropped'
            and task.updated_at < now() - make_interval(days => ${project.settings.horizonDays})
            and not exists (select from label_answers as answer where answer.task_id = task.id)
            and not exists (select from label_golds as gold where gold.task_id = task.id)
          order by task.id limit ${batch} for update skip locked
        ), gone as (
          delete from label_tasks as task using stale where task.id = stale.id returning task.source
        )
        select source, count(*)::float8 as count from gone group by source`);
      const rows = rowsOf(Dropped, result);
      await countMoves(
        ctx,
        project.id,
        rows.map(({ source, count }) => ({ source, from: "dropped" as const, to: null, count })),
      );
      const sum = rows.reduce((all, { count }) => all + count, 0);
      if (sum > 0) {
        const before = { tasks: sum, droppedBeforeDays: project.settings.horizonDays };
        await record(ctx, "label-tasks.deleted", { subject: `label-project/${project.name}`, before });
      }
      return sum;
    });
    deleted += count;
    if (count < batch) return deleted;
  }
}

/** Imported tasks, and those that people sent, wait however long it takes. */
async function dropStale(ctx: Context, project: LabelProjectRow): Promise<number> {
  let dropped = 0;
  for (;;) {
    const count = await transact(ctx, async (ctx) => {
      const result = await ctx.db.execute(sql`
        with stale as (
          select task.id from label_tasks as task
          where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${project.id} and task.state = 'open'
            and task.source in ('audit', 'disagree', 'uncertain', 'drift') and task.answers = 0 and task.taken = 0
            and (task.created_at < now() - make_interval(days => ${project.settings.horizonDays})
              or (task.model_version_id is not null
                and not exists (select from model_versions as version where version.id = task.model_version_id)))
          order by task.id limit ${batch} for no key update skip locked
        ), changed as (
          update label_tasks as task set state = 'dropped', updated_at = now() from stale where task.id = stale.id returning task.source
        )
        select source, count(*)::float8 as count from changed group by source`);
      const rows = rowsOf(Dropped, result);
      await countMoves(
        ctx,
        project.id,
        rows.map(({ source, count }) => ({ source, from: "open" as const, to: "dropped" as const, count })),
      );
      const sum = rows.reduce((all, { count }) => all + count, 0);
      if (sum > 0) {
        const after = { tasks: sum, olderThanDays: project.settings.horizonDays };
        await record(ctx, "label-tasks.dropped", { subject: `label-project/${project.name}`, after });
      }
      return sum;
    });
    dropped += count;
    if (count < batch) return dropped;
  }
}

/** Tasks of the audit keep their place, which is drawn. */
async function moveTasks(ctx: Context, project: LabelProjectRow): Promise<number> {
  const noise = await classNoiseOf(ctx, project);
  let [moved, read] = [0, 0];
  for (let after = 0; read < maxReranked; ) {
    const result = await ctx.db.execute(sql`
      select task.id::float8 as id, task.rank, task.factors, task.probabilities,
        (select count(*) from label_tasks as twin where twin.project_id = task.project_id and twin.group_key = task.group_key
          and twin.state = 'open' and (twin.rank, twin.id) < (task.rank, task.id))::int as twins
      from label_tasks as task
      where task.workspace_id = ${ctx.actor.workspaceId} and task.project_id = ${project.id} and task.state = 'open'
        and task.source in ('disagree', 'uncertain', 'drift') and task.factors is not null and task.id > ${after}
      order by task.id limit ${batch}`);
    const tasks = rowsOf(OpenTask, result);
    for (const task of tasks) {
      const next = rerank(task, noise);
      if (!next) continue;
      await ctx.db
        .update(labelTasks)
        .set({ ...next, updatedAt: sql`now()` })
        .where(
          and(
            eq(labelTasks.workspaceId, ctx.actor.workspaceId),
            eq(labelTasks.id, task.id),
            eq(labelTasks.state, "open"),
            eq(labelTasks.rank, task.rank),
          ),
        );
      moved += 1;
    }
    read += tasks.length;
    after = tasks.at(-1)?.id ?? after;
    if (tasks.length < batch) break;
  }
  return moved;
}

/** By class of the project, the share of its labels that the newest run puts into others. */
async function classNoiseOf(ctx: Context, { id, config }: LabelProjectRow): Promise<number[]> {
  const run = await findFinishedRun(ctx, id);
  const noise = new Map(run?.results.byClass.map((one) => [one.name, one.noise ?? 0]));
  return (config.controls[0]?.classes ?? []).map(({ name }) => noise.get(name) ?? 0);
}
