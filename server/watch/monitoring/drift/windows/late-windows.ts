import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import type { WindowLength } from "../../contract.ts";
import { retentionMs } from "../../history/grains.ts";
import { activeProfiles } from "../../profiles/load-profile.ts";
import { lengthMs } from "../evaluate/budget.ts";
import { windowStart } from "./due-windows.ts";
import { seenSpans } from "./seen-spans.ts";

/** Maximum number of windows of one look: the others follow at the next. */
const maxWindows = 100;

interface Looked {
  endpointId: string;
  length: WindowLength;
  /** End of the last evaluated window, in milliseconds since 1970. */
  evaluatedUntil: number;
  now: number;
  /** Whether to look at all retained minutes instead of the last two hours. */
  isThorough: boolean;
}

const recentMs = 2 * hourMs;

/**
 * Lists evaluated windows that have more rows by now than their verdict had, newest first: gateways without connection report later, as long
 * as their minutes are retained. Only rows of the reference that a version has now count, since another one is never evaluated again.
 * @returns starts in milliseconds since 1970
 */
export async function lateWindows(
  ctx: Context,
  { endpointId, length, evaluatedUntil, now, isThorough }: Looked,
): Promise<number[]> {
  const from = windowStart(length, now - (isThorough ? retentionMs.minute - hourMs : recentMs));
  if (from >= evaluatedUntil) return [];
  const [starts, ends] = [new Date(from), new Date(evaluatedUntil)];
  const seen = await seenSpans(ctx.db, endpointId, starts, ends);
  const profiles = await activeProfiles(ctx.db, [...new Set(seen.map(({ versionId }) => versionId))]);
  if (profiles.size === 0) return [];
  const active = [...profiles].map(([versionId, profileId]) => ({ versionId, profileId }));
  // Hours are sums of minutes, and there is one an hour for each that a gateway sends late.
  const grain = lengthMs[length] <= hourMs ? "minute" : "hour";
  const seconds = lengthMs[length] / 1000;
  const first = from / 1000;
  const { rows } = await ctx.db.execute<{ start: number }>(sql`
    with counted as (
      select floor((extract(epoch from start) - ${first}::float8) / ${seconds}::float8)::int as number, version_id, profile_id, segment, sum(rows) as rows
      from feature_states
      join jsonb_to_recordset(${JSON.stringify(active)}::jsonb) as active("versionId" uuid, "profileId" uuid)
        on version_id = active."versionId" and profile_id = active."profileId"
      where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId} and grain = ${grain} and arm <> 'shadow'
        and start >= ${starts.toISOString()}::timestamptz and start < ${ends.toISOString()}::timestamptz
      group by 1, 2, 3, 4
    )
    select distinct (${first}::float8 + number * ${seconds}::float8) * 1000 as start
    from counted left join drift_windows as evaluated on evaluated.endpoint_id = ${endpointId} and evaluated.length = ${length}
      and evaluated.start = to_timestamp(${first}::float8 + number * ${seconds}::float8)
      and evaluated.version_id = counted.version_id and evaluated.segment = counted.segment
    where counted.rows > evaluated.rows and evaluated.profile_id = counted.profile_id
      or evaluated.rows is null and counted.segment = ''
    order by 1 desc limit ${maxWindows}`);
  return rows.map(({ start }) => start);
}
