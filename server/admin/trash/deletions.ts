import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

interface Deleted {
  kind: string;
  id: string;
  experiment_id: string | null;
}

/** Returns who moved items to the trash and why, by "kind/id", from the audit log: individually, or with others of their experiment. */
export async function whoDeleted(
  ctx: Context,
  things: readonly Deleted[],
): Promise<Map<string, { by: string; reason: string | null }>> {
  const keys = things.map(({ kind, id }) => `${kind}/${id}`);
  const runs = things.filter(({ kind }) => kind === "run");
  if (keys.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const experiments = [...new Set(runs.map((run) => `experiment/${run.experiment_id}`))];
  const { rows } = await ctx.db.execute<{ key: string; by: string; reason: string | null }>(sql`
    select distinct on (key) key, actor_name as by, reason from (
      select subject as key, actor_name, reason, id from audit_events
      where workspace_id = ${workspaceId} and subject = any(${sql.param(keys)}::text[])
        and action in ('experiment.deleted', 'run.deleted', 'logged-model.deleted')
      union all
      select 'run/' || run, actor_name, reason, id from audit_events
      join unnest(${sql.param(runs.map(({ id }) => id))}::text[]) as run on after->'runIds' ? run
      where workspace_id = ${workspaceId} and subject = any(${sql.param(experiments)}::text[]) and action = 'runs.deleted'
    ) as deletion order by key, id desc`);
  return new Map(rows.map(({ key, ...deletion }) => [key, deletion]));
}
