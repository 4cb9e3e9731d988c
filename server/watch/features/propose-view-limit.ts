import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ageQuantiles, countAges } from "#server/stats/age-histogram.ts";
import { requireView } from "../slo/rollup/require-view.ts";
import { type AgesAsked, readAges } from "./ages/read-ages.ts";
import { ProposeViewLimit, type ViewLimitProposal } from "./contract.ts";
import { roundUpLimit } from "./round-up-limit.ts";

const days = 14;
const share = 0.99;
/** An hour says little about two weeks. */
const minMinutes = 60;
/** Of so many, three are beyond the percentile. */
const minLookUps = 300;

const Lag = z.object({ counted: z.number(), p99Ms: z.number().nullable() });

/**
 * Proposes a limit for what an SLO of a view counts, from the last two weeks: the 99th percentile of it, rounded up. That is the lag of minutes, or
 * the age of each row that was looked up: the newest event of a view says nothing about rows that are written once a day.
 * @throws DomainError "not-found"
 */
export async function proposeViewLimit(ctx: Context, input: ProposeViewLimit): Promise<ViewLimitProposal> {
  permit(ctx, "proposeViewLimit");
  const { viewId, indicator, endpointId } = ProposeViewLimit.parse(input);
  await requireView(ctx, viewId);
  const since = sql`now() - make_interval(days => ${days})`;
  const asked = { viewId, since, consumer: endpointId };
  const found = indicator === "view-lag" ? await lagOf(ctx, viewId, since) : await agesOf(ctx, asked);
  const least = indicator === "view-lag" ? minMinutes : minLookUps;
  const isKnown = found.counted >= least && found.p99Ms !== null;
  return { indicator, ...found, limitMs: isKnown ? roundUpLimit(found.p99Ms ?? 0) : null };
}

async function lagOf(ctx: Context, viewId: string, since: SQL): Promise<z.infer<typeof Lag>> {
  const result = await ctx.db.execute(sql`
    select count(*)::float8 as counted, percentile_cont(${share}) within group (
      order by greatest(0, (extract(epoch from minute) + 60) * 1000000 - newest_event_at)::float8 / 1000) as "p99Ms"
    from feature_minutes
    where view_id = ${viewId}::uuid and workspace_id = ${ctx.actor.workspaceId} and consumer = '' and minute > ${since}
      and newest_event_at is not null`);
  return rowOf(Lag, result);
}

async function agesOf(ctx: Context, asked: Omit<AgesAsked, "kind">): Promise<z.infer<typeof Lag>> {
  const ages = await readAges(ctx, { ...asked, kind: "atLookUp" });
  const [p99Ms = null] = ageQuantiles(ages, [share]);
  return { counted: countAges(ages), p99Ms };
}
