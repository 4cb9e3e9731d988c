import { and, desc, eq, lte, sql } from "drizzle-orm";
import { driftWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { SlowMove } from "../contract.ts";
import type { FoundRange } from "./find-range.ts";

/** A move is current if it was found on the newest day, which ended at most so long before the range. */
const newestMs = 2 * dayMs;

/** Reads the slow moves of the newest day of a range, by feature. The caller has checked permissions. */
export async function slowMovesOf(
  ctx: Context,
  { endpoint, version, segment, to }: FoundRange,
  profileId: string,
): Promise<ReadonlyMap<string, SlowMove>> {
  const moves = sql<{ name: string; slow: SlowMove }[] | null>`(
    select jsonb_agg(jsonb_build_object('name', each->'name', 'slow', each->'slow'))
    from jsonb_array_elements(${driftWindows.features}) as each where each ? 'slow')`;
  const [newest] = await ctx.db
    .select({ start: driftWindows.start, moves })
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, endpoint.id),
        eq(driftWindows.length, "day"),
        lte(driftWindows.start, new Date(to.getTime() - dayMs)),
        eq(driftWindows.versionId, version?.id ?? ""),
        eq(driftWindows.segment, segment),
        eq(driftWindows.profileId, profileId),
      ),
    )
    .orderBy(desc(driftWindows.start))
    .limit(1);
  if (!newest || newest.start.getTime() + dayMs < to.getTime() - newestMs) return new Map();
  return new Map((newest.moves ?? []).map(({ name, slow }) => [name, slow]));
}
