import { and, eq, inArray, sql } from "drizzle-orm";
import { referenceFeatures } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { SpanState } from "../state/contract.ts";
import { mergeInto } from "../state/merge-states.ts";
import { unpackState } from "../state/unpack-state.ts";
import { ListSegments, type ReadSpan, StateQuestion, type StateSeries, StateSeriesQuestion } from "./contract.ts";
import { findRows, type RowsOf } from "./find-rows.ts";
import { floorTo, retainedSpan } from "./grains.ts";
import { readSeries } from "./read-series.ts";

type Question = Pick<StateSeriesQuestion, never> & ReturnType<typeof StateQuestion.parse>;

/** Reads the state of an endpoint's version over any range: a sum of days, hours and minutes. Undefined when nothing was counted. */
export async function readStates(ctx: Context, input: StateQuestion): Promise<ReadSpan | undefined> {
  permit(ctx, "readStates");
  await permitEndpointById(ctx, input.endpointId);
  return findStates(ctx, input);
}

/** Finds states; the caller has checked permissions. */
export async function findStates(ctx: Context, input: StateQuestion): Promise<ReadSpan | undefined> {
  const question = StateQuestion.parse(input);
  const of = await newestOf(ctx, question);
  if (!of) return undefined;
  const span = retainedSpan({ from: question.from.getTime(), to: question.to.getTime() }, Date.now());
  const wanted = await wantedOf(ctx, of, question);
  const state: SpanState = { rows: 0, features: [], scores: new Map() };
  for (const row of await findRows(ctx.db, of, span, "day")) mergeInto(state, unpackState(row.state, wanted));
  const { versionId, profileId } = of;
  return { versionId, profileId, from: new Date(span.from), to: new Date(span.to), rows: state.rows, state };
}

/** Reads states, one per step. Steps of days are UTC days. Undefined if nothing was counted. */
export async function readStateSeries(ctx: Context, input: StateSeriesQuestion): Promise<StateSeries | undefined> {
  permit(ctx, "readStates");
  const question = StateSeriesQuestion.parse(input);
  await permitEndpointById(ctx, question.endpointId);
  const of = await newestOf(ctx, question);
  if (!of) return undefined;
  const wanted = await wantedOf(ctx, of, question);
  const [points = []] = await readSeries(ctx.db, [{ ...of, wanted }], question);
  const { versionId, profileId } = of;
  return { versionId, profileId, stepMs: question.stepMs, points };
}

/** Lists segments with rows in a time range, with their number, the largest first; excludes the segment of all rows. */
export async function listSegments(ctx: Context, input: ListSegments): Promise<{ segment: string; rows: number }[]> {
  permit(ctx, "readStates");
  const { endpointId, versionId, from, to } = ListSegments.parse(input);
  await permitEndpointById(ctx, endpointId);
  const { workspaceId } = ctx.actor;
  // Days and hours list the segments; minutes are only read for the hour that is not merged yet.
  const recent = floorTo(Date.now() - 2 * hourMs, "hour");
  const { rows } = await ctx.db.execute<{ segment: string; rows: string }>(sql`
    select segment, sum(rows) as rows from feature_states
    where workspace_id = ${workspaceId}::uuid and endpoint_id = ${endpointId}::uuid and segment <> '' and arm <> 'shadow'
      and ${versionId ? sql`version_id = ${versionId}::uuid` : sql`true`} and start < ${to.toISOString()}::timestamptz
      and ((grain = 'hour' and start >= ${from.toISOString()}::timestamptz)
        or (grain = 'minute' and start >= greatest(${from.toISOString()}::timestamptz, ${new Date(recent).toISOString()}::timestamptz)
          and not exists (select from feature_states hour where hour.endpoint_id = feature_states.endpoint_id and hour.grain = 'hour'
            and hour.start = date_trunc('hour', feature_states.start, 'UTC') and hour.version_id = feature_states.version_id
            and hour.segment = feature_states.segment and hour.arm = feature_states.arm and hour.profile_id = feature_states.profile_id)))
    group by segment order by 2 desc, 1`);
  return rows.map(({ segment, rows }) => ({ segment, rows: Number(rows) }));
}

/** Returns the requested version and reference, or else those of the newest rows. */
async function newestOf(ctx: Context, question: Question): Promise<RowsOf | undefined> {
  const { workspaceId } = ctx.actor;
  const { endpointId, versionId, profileId, segment, arm, from, to } = question;
  const arms = arm ? [arm] : ["stable", "canary"];
  const of = { workspaceId, endpointId, segment, arms };
  if (versionId && profileId) return { ...of, versionId, profileId };
  // A version under test is requested by name.
  const effectiveArm = arm ?? (versionId ? undefined : "stable");
  const newest = (grain: string, since: number) => sql`(
    select version_id, profile_id, start from feature_states
    where workspace_id = ${workspaceId}::uuid and endpoint_id = ${endpointId}::uuid and grain = ${grain} and segment = ${segment}
      and start >= ${new Date(since).toISOString()}::timestamptz and start < ${to.toISOString()}::timestamptz
      and ${effectiveArm ? sql`arm = ${effectiveArm}` : sql`arm <> 'shadow'`} and ${versionId ? sql`version_id = ${versionId}::uuid` : sql`true`}
      and ${profileId ? sql`profile_id = ${profileId}::uuid` : sql`true`}
    order by start desc limit 1)`;
  const since = from.getTime();
  const { rows } = await ctx.db.execute<{ versionId: string; profileId: string }>(sql`
    select version_id as "versionId", profile_id as "profileId" from (
      ${newest("minute", since)} union all ${newest("hour", floorTo(since, "hour"))} union all ${newest("day", floorTo(since, "day"))}
    ) found order by start desc limit 1`);
  const [row] = rows;
  return row && { ...of, ...row };
}

async function wantedOf(ctx: Context, { profileId }: RowsOf, { features, scores }: Question) {
  if (!features) return { scores };
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({ ordinal: referenceFeatures.ordinal })
    .from(referenceFeatures)
    .where(
      and(
        eq(referenceFeatures.workspaceId, workspaceId),
        eq(referenceFeatures.profileId, profileId),
        inArray(referenceFeatures.name, features),
      ),
    );
  return { scores, features: new Set(rows.map(({ ordinal }) => ordinal)) };
}
