import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { formatDuration } from "#server/base/format-number.ts";
import { formatMoney } from "#server/watch/cost/money.ts";
import type { BookRow } from "../../../serve/prices/price-segments.ts";
import type { StopRequest } from "../contract.ts";
import { hourlyRate } from "../jobs/estimate-cost.ts";
import type { JobRow } from "../jobs/lock-job.ts";

/**
 * Returns the request to stop a job whose attempts together have taken the hours or the money that it may take; undefined while they have not.
 * What it saved stays, so that it can go on with a higher limit. @param now milliseconds since 1970 @param readPrices asked only for a limit of money
 */
export async function reachedLimit(
  ctx: Context,
  { id, spec, workspaceId }: JobRow,
  now: number,
  readPrices: () => Promise<readonly BookRow[]>,
): Promise<StopRequest | undefined> {
  const { rows } = await ctx.db.execute<{ used: number }>(sql`
    select coalesce(sum(extract(epoch from coalesce(ended_at, heartbeat_at, started_at) - started_at)), 0)::float8 * 1000 as used
    from training_attempts where workspace_id = ${workspaceId} and job_id = ${id} and started_at is not null`);
  const used = rows[0]?.used ?? 0;
  const { hours, cost } = spec.limits;
  const at = new Date(now).toISOString();
  if (used >= hours * hourMs) {
    return { cause: "time-limit", reason: `It has taken its ${formatDuration(hours * hourMs)}.`, byName: "Leeway", at };
  }
  if (cost === null) return undefined;
  const rate = hourlyRate(spec.resources, { book: await readPrices(), machine: "", now });
  if (!rate || (rate.amount * used) / hourMs < cost) return undefined;
  return { cause: "budget", reason: `It has taken its ${formatMoney(cost, rate.currency)}.`, byName: "Leeway", at };
}
