import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import { JobSpec } from "../contract.ts";
import { hourlyRate } from "./estimate-cost.ts";

interface Row extends Record<string, unknown> {
  spec: unknown;
  /** Milliseconds of all its attempts. */
  duration: number;
  startedAt: number;
}

/** Reads what the last 20 finished jobs of a template cost, newest first; those without a price are left out. */
export async function readEarlierCosts(ctx: Context, templateId: string, book: readonly BookRow[]): Promise<number[]> {
  return (await readEarlierJobs(ctx, templateId, book)).flatMap(({ cost }) => cost ?? []);
}

/** Reads the hours that the last 20 finished jobs of a template took, and what they cost, newest first. A cost is null without a price. */
export async function readEarlierJobs(
  ctx: Context,
  templateId: string,
  book: readonly BookRow[],
): Promise<{ hours: number; cost: number | null }[]> {
  const { rows } = await ctx.db.execute<Row>(sql`
    select job.spec, (extract(epoch from job.started_at) * 1000)::float8 as "startedAt", (
      select coalesce(sum(extract(epoch from attempt.ended_at - attempt.started_at)) * 1000, 0)::float8
      from training_attempts as attempt where attempt.job_id = job.id and attempt.started_at is not null
    ) as duration
    from training_jobs as job
    where job.workspace_id = ${ctx.actor.workspaceId} and job.template_id = ${templateId} and job.state = 'finished'
      and job.started_at is not null
    order by job.id desc limit 20`);
  return rows.map(({ spec, duration, startedAt }) => {
    const rate = hourlyRate(JobSpec.parse(spec).resources, { book, machine: "", now: startedAt });
    const hours = duration / hourMs;
    return { hours, cost: rate ? rate.amount * hours : null };
  });
}
