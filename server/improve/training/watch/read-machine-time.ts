import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { usedMachineTime } from "../admission/fair-share.ts";
import type { JobSpec } from "../contract.ts";
import { keptAMinute } from "./kept-a-minute.ts";

/** Reads the machine time that counts for each team, at most a minute old. @param now milliseconds since 1970 @param maxAgeMs how old it may be instead */
export const readMachineTime = keptAMinute(read);

async function read(ctx: Context, now: number): Promise<ReadonlyMap<string, number>> {
  const { rows } = await ctx.db.execute<{
    team: string;
    from: number;
    to: number;
    resources: JobSpec["resources"];
  }>(sql`
    select coalesce(job.team_id::text, '') as team, extract(epoch from attempt.started_at)::float8 as "from",
      extract(epoch from coalesce(attempt.ended_at, now()))::float8 as "to", job.spec -> 'resources' as resources
    from training_attempts as attempt join training_jobs as job on job.id = attempt.job_id
    where job.workspace_id = ${ctx.actor.workspaceId} and attempt.started_at is not null
      and coalesce(attempt.ended_at, now()) > now() - interval '7 days'
    limit 100000`);
  const usages = rows.map(({ team, from, to, resources: { gpus, cores, nodes } }) => ({
    team,
    from,
    to,
    gpus: gpus * nodes,
    cores: cores * nodes,
  }));
  return usedMachineTime(usages, now / 1000);
}
