import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ageQuantiles } from "#server/stats/age-histogram.ts";
import { requireView } from "../slo/rollup/require-view.ts";
import { ProposeViewLimit, type ViewLimitProposal } from "./contract.ts";
import { roundUpLimit } from "./round-up-limit.ts";

const days = 14;
const share = 0.99;
/** An hour says little about two weeks. */
const minMinutes = 60;

const Lag = z.object({ minutes: z.number(), lagMs: z.number().nullable() });
const Bucket = z.object({ bucket: z.string(), rows: z.number() });

/**
 * Proposes a limit for the lag of a view and the age of its rows, from the last two weeks: the 99th percentile of lateness, and of the lag of
 * minutes, whichever is greater, rounded up. Lateness alone is too short for a view whose rows come in batches: between two batches it lags
 * by the time since the last.
 * @throws DomainError "not-found"
 */
export async function proposeViewLimit(ctx: Context, input: ProposeViewLimit): Promise<ViewLimitProposal> {
  permit(ctx, "proposeViewLimit");
  const { viewId } = ProposeViewLimit.parse(input);
  await requireView(ctx, viewId);
  const recent = sql`view_id = ${viewId}::uuid and workspace_id = ${ctx.actor.workspaceId} and consumer = ''
    and minute > now() - make_interval(days => ${days})`;
  const { minutes, lagMs } = rowOf(
    Lag,
    await ctx.db.execute(sql`
      select count(*)::float8 as minutes, percentile_cont(${share}) within group (
        order by greatest(0, (extract(epoch from minute) + 60) * 1000000 - newest_event_at)::float8 / 1000) as "lagMs"
      from feature_minutes where ${recent} and newest_event_at is not null`),
  );
  const lateness = rowsOf(
    Bucket,
    await ctx.db.execute(sql`
      select key as bucket, sum(value::float8) as rows
      from feature_minutes cross join lateral jsonb_each_text(coalesce(ages->'toArrival', '{}'))
      where ${recent} group by key`),
  );
  const [latenessMs = null] = ageQuantiles(Object.fromEntries(lateness.map(({ bucket, rows }) => [bucket, rows])), [
    share,
  ]);
  const isKnown = minutes >= minMinutes && lagMs !== null;
  return { minutes, latenessMs, lagMs, limitMs: isKnown ? roundUpLimit(Math.max(lagMs, latenessMs ?? 0)) : null };
}
