import { and, asc, desc, eq, lt, or, sql } from "drizzle-orm";
import { driftWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type WindowLength, windowLengths } from "../../contract.ts";
import type { DriftVerdict, FeatureVerdict } from "../contract.ts";
import { recentSince } from "./due-windows.ts";

/** Windows that follow each other: of one version, one segment, one length. */
export interface WindowKey {
  endpointId: string;
  versionId: string;
  segment: string;
  length: WindowLength;
}

export interface EvaluatedWindow extends WindowKey {
  start: Date;
  profileId: string;
  rows: number;
  verdict: DriftVerdict;
  features: FeatureVerdict[];
}

/** Stores a verdict. An existing one stays, unless it was given on fewer rows: some had not arrived. */
export async function keepWindow(ctx: Context, window: EvaluatedWindow): Promise<void> {
  const values = { ...window, workspaceId: ctx.actor.workspaceId, features: window.features.map(rounded) };
  const { profileId, rows, verdict, features } = values;
  const { endpointId, length, start, versionId, segment } = driftWindows;
  await ctx.db
    .insert(driftWindows)
    .values(values)
    .onConflictDoUpdate({
      target: [endpointId, length, start, versionId, segment],
      set: { profileId, rows, verdict, features, evaluatedAt: sql`now()` },
      setWhere: sql`${driftWindows.rows} < excluded.rows and ${driftWindows.profileId} = excluded.profile_id`,
    });
}

/** Lists recent windows with drift or expected drift that still describe the current state, newest first. */
export async function alarmedWindows(ctx: Context, endpointId: string, now: number): Promise<EvaluatedWindow[]> {
  const isNew = windowLengths.map((length) => {
    const since = new Date(recentSince(length, now)).toISOString();
    return and(eq(driftWindows.length, length), sql`${driftWindows.start} >= ${since}::timestamptz`);
  });
  const rows = await ctx.db
    .select()
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, endpointId),
        sql`${driftWindows.verdict}->>'state' in ('drift', 'expected')`,
        or(...isNew),
      ),
    )
    .orderBy(desc(driftWindows.start));
  return rows;
}

/** Counts of the earliest windows of a reference, by feature in its order, with how far each was from it. */
export interface EarlyWindow {
  counts: number[][];
  psiNet: (number | null)[];
}

/** Lists the earliest windows of a version under one reference that had rows, at most `most`, before a time. */
export async function earliestWindows(
  ctx: Context,
  { key, profileId, before, most }: { key: WindowKey; profileId: string; before: Date; most: number },
): Promise<EarlyWindow[]> {
  return ctx.db
    .select({
      counts: sql<number[][]>`jsonb_path_query_array(${driftWindows.features}, '$[*].counts')`,
      psiNet: sql<(number | null)[]>`jsonb_path_query_array(${driftWindows.features}, '$[*].psiNet')`,
    })
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, key.endpointId),
        eq(driftWindows.length, key.length),
        lt(driftWindows.start, before),
        eq(driftWindows.versionId, key.versionId),
        eq(driftWindows.segment, key.segment),
        eq(driftWindows.profileId, profileId),
        sql`${driftWindows.verdict}->>'state' not in ('no-data', 'too-few', 'untestable')`,
      ),
    )
    .orderBy(asc(driftWindows.start))
    .limit(most);
}

/** Rounds to six digits, which are sufficient for a verdict, and take a third of the space. */
function rounded(feature: FeatureVerdict): FeatureVerdict {
  return JSON.parse(
    JSON.stringify(feature, (_, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value)),
  );
}
