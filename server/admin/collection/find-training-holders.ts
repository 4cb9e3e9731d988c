import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

/**
 * Describes what refers to files of training: of a package the jobs, templates and sweeps that have it; of a folder of checkpoints the job.
 * @param prefixes keys below "training" of this workspace
 */
export async function findTrainingHolders(ctx: Context, prefixes: readonly string[]): Promise<Map<string, string>> {
  if (prefixes.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const namesIn = (folder: string) =>
    prefixes.filter((prefix) => prefix.startsWith(`${workspaceId}/training/${folder}`)).map(nameOf);
  const { rows } = await ctx.db.execute<{ name: string; holder: string }>(sql`
    select packages.name, holder.label as holder
    from unnest(${sql.param(namesIn("packages/"))}::text[]) as packages (name), lateral (
      select 'job ' || job.id as label from training_jobs as job
      where job.workspace_id = ${workspaceId} and job.spec ->> 'packageKey' || '.zip' = packages.name
      union all select 'job template ' || template.name from job_templates as template
      where template.workspace_id = ${workspaceId} and template.archived_at is null
        and template.spec -> 'job' ->> 'packageKey' || '.zip' = packages.name
      union all select 'sweep ' || sweep.name from training_sweeps as sweep
      where sweep.workspace_id = ${workspaceId} and sweep.job -> 'spec' ->> 'packageKey' || '.zip' = packages.name
      limit 1) as holder
    union all select id, 'job ' || id from training_jobs
    where workspace_id = ${workspaceId} and id = any(${sql.param(namesIn("tj-"))}::text[])`);
  const holders = new Map(rows.map(({ name, holder }) => [name, holder]));
  return new Map(
    prefixes.flatMap((prefix): [string, string][] => {
      const holder = holders.get(nameOf(prefix));
      return holder === undefined ? [] : [[prefix, holder]];
    }),
  );
}

const nameOf = (prefix: string) => prefix.split("/").at(-1) ?? "";
