import { and, desc, eq, gte, lt, or, sql } from "drizzle-orm";
import { driftWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { windowLengths } from "../../constants.ts";
import type { WindowLength } from "../../contract.ts";
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

/** Lists recent windows with drift, expected or slow drift that still describe the current state, newest first. */
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
        sql`(${driftWindows.verdict}->>'state' in ('drift', 'expected') or (${driftWindows.verdict}->>'slow')::int > 0)`,
        or(...isNew),
      ),
    )
    .orderBy(desc(driftWindows.start));
  return rows;
}

/** Counts of a feature, its usable values, its shares of missing, unseen and out-of-range values, and whether it drifted. */
type StoredFeature = [number[], number, number | null, number | null, number | null, boolean];

/** What later windows learn from a window: by feature in the order of its reference. */
export interface KnownWindow {
  /** Milliseconds since 1970. */
  at: number;
  features: StoredFeature[];
}

interface KnownWindows {
  key: WindowKey;
  profileId: string;
  from: Date;
  before: Date;
  most: number;
  /** Only windows that start at a multiple of so many seconds. */
  everySeconds: number;
}

/** Lists the newest windows of a version under one reference that had rows, at most `most`, in a range; oldest first. */
export async function knownWindows(
  ctx: Context,
  { key, profileId, from, before, most, everySeconds }: KnownWindows,
): Promise<KnownWindow[]> {
  const rows = await ctx.db
    .select({
      at: sql<number>`(extract(epoch from ${driftWindows.start}) * 1000)::float8`,
      features: sql<StoredFeature[]>`(
        select jsonb_agg(jsonb_build_array(each->'counts', each->'rows', each->'missing'->'share', each->'unseen'->'share',
          each->'outside'->'share', each->>'state' = 'drift') order by place)
        from jsonb_array_elements(${driftWindows.features}) with ordinality as features(each, place))`,
    })
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, key.endpointId),
        eq(driftWindows.length, key.length),
        gte(driftWindows.start, from),
        lt(driftWindows.start, before),
        sql`mod(extract(epoch from ${driftWindows.start})::bigint, ${everySeconds}) = 0`,
        eq(driftWindows.versionId, key.versionId),
        eq(driftWindows.segment, key.segment),
        eq(driftWindows.profileId, profileId),
        sql`${driftWindows.verdict}->>'state' not in ('no-data', 'too-few', 'untestable')`,
      ),
    )
    .orderBy(desc(driftWindows.start))
    .limit(most);
  return rows.reverse();
}

/** Rounds to six digits, which are sufficient for a verdict, and take a third of the space. */
function rounded(feature: FeatureVerdict): FeatureVerdict {
  return JSON.parse(
    JSON.stringify(feature, (_, value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value)),
  );
}
