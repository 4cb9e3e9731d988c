import { and, asc, eq, gt, notLike, sql } from "drizzle-orm";
import { numbersOf } from "#db/prepared.ts";
import { metricSeries, trainingAttempts, type trainingCheckpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { decodeChunk } from "#server/develop/tracking/metrics/chunk-codec.ts";
import { comparePoints, type StoredPoint } from "#server/develop/tracking/metrics/stored-point.ts";

/** Metrics that a checkpoint has. */
const maxMetrics = 200;

type Saved = { runId: string } & Pick<
  typeof trainingCheckpoints.$inferSelect,
  "attemptId" | "step" | "savedAt" | "sentSeconds" | "createdAt"
>;

/** Which points measure a checkpoint; times in milliseconds since 1970. */
interface Bounds {
  step: number;
  savedAt: number;
  /** Start of the attempt after its own, whose points are of other weights. */
  before: number;
  /** Points from before its attempt, of steps above the one that it went on from, were lost. */
  lost: { before: number; above: number };
}

/**
 * Returns the point of each metric that measures a checkpoint, whenever both came to Leeway: the newest up to its step. One of its very step may
 * be logged after it was saved; one of a lower step not, since a metric that counts epochs is always below. docs/spec/training.md section 16.
 * @param key only this metric; without, those of the machine are left out
 */
export async function pointsWhenSaved(ctx: Context, saved: Saved, key?: string): Promise<Map<string, StoredPoint>> {
  const { workspaceId } = ctx.actor;
  const series = await ctx.db
    .select({ id: metricSeries.id, key: metricSeries.key })
    .from(metricSeries)
    .where(
      and(
        eq(metricSeries.workspaceId, workspaceId),
        eq(metricSeries.runId, saved.runId),
        key === undefined ? notLike(metricSeries.key, "system/%") : eq(metricSeries.key, key),
      ),
    )
    .orderBy(metricSeries.key)
    .limit(maxMetrics);
  if (series.length === 0) return new Map();
  const bounds = await boundsOf(ctx, saved);
  const ids = series.map(({ id }) => id);
  // Points first: what the worker packs meanwhile is found in its chunk.
  const loose = await readLoose(ctx, ids, bounds);
  const packed = await readPacked(ctx, ids, bounds);
  return new Map(
    series.flatMap(({ id, key }) => {
      const point = newest([loose.get(id), packed.get(id)].filter((one) => one !== undefined));
      return point ? [[key, point]] : [];
    }),
  );
}

async function boundsOf(ctx: Context, { attemptId, step, savedAt, sentSeconds, createdAt }: Saved): Promise<Bounds> {
  const ofAttempt = and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, attemptId));
  const [own] = await ctx.db.select().from(trainingAttempts).where(ofAttempt);
  const [next] = await ctx.db
    .select({ startedAt: trainingAttempts.startedAt })
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, ctx.actor.workspaceId),
        eq(trainingAttempts.jobId, own?.jobId ?? ""),
        gt(trainingAttempts.number, own?.number ?? 0),
      ),
    )
    .orderBy(asc(trainingAttempts.number))
    .limit(1);
  const isFirst = (own?.number ?? 1) === 1;
  const above = own?.fromStep ?? (own?.resumedFrom ? Number.MAX_SAFE_INTEGER : -1);
  return {
    step: step ?? Number.MAX_SAFE_INTEGER,
    savedAt: savedAt?.getTime() ?? createdAt.getTime() - Math.ceil((sentSeconds ?? 0) * 1000),
    before: next?.startedAt?.getTime() ?? Number.MAX_SAFE_INTEGER,
    lost: { before: isFirst ? 0 : (own?.startedAt?.getTime() ?? 0), above },
  };
}

function isOf({ step, savedAt, before, lost }: Bounds, point: StoredPoint): boolean {
  if (point.step > step || point.timestamp >= before) return false;
  if (point.step < step && point.timestamp > savedAt) return false;
  return point.timestamp >= lost.before || point.step <= lost.above;
}

const newest = (points: readonly StoredPoint[]): StoredPoint | undefined =>
  points.reduce<StoredPoint | undefined>(
    (last, each) => (last && comparePoints(last, each) > 0 ? last : each),
    undefined,
  );

async function readLoose(
  ctx: Context,
  ids: readonly number[],
  { step, savedAt, before, lost }: Bounds,
): Promise<Map<number, StoredPoint>> {
  const { rows } = await ctx.db.execute<StoredPoint & { id: number } & Record<string, unknown>>(sql`
    select series.id::float8 as id, point.step::float8 as step, point.timestamp::float8 as timestamp, point.value
    from unnest(${numbersOf(ids)}::bigint[]) as series (id) cross join lateral (
      select step, timestamp, value from metric_points
      where series_id = series.id and step <= ${step} and timestamp < ${before} and (step = ${step} or timestamp <= ${savedAt})
        and (timestamp >= ${lost.before} or step <= ${lost.above})
      order by step desc, timestamp desc, value desc limit 1
    ) as point`);
  return new Map(rows.map(({ id, step, timestamp, value }) => [id, { step, timestamp, value }]));
}

/** Reads chunks of each series backwards, until one has a point of the checkpoint. They do not overlap, so that its newest one is the newest. */
async function readPacked(ctx: Context, ids: readonly number[], bounds: Bounds): Promise<Map<number, StoredPoint>> {
  const found = new Map<number, StoredPoint>();
  let open = ids.map((id) => ({ id, step: bounds.step, timestamp: Number.MAX_SAFE_INTEGER }));
  while (open.length > 0) {
    const column = (name: "id" | "step" | "timestamp") => numbersOf(open.map((each) => each[name]));
    const { rows } = await ctx.db.execute<{
      id: number;
      step: number;
      timestamp: number;
      points: number;
      data: Buffer;
    }>(sql`
      select series.id::float8 as id, chunk.first_step::float8 as step, chunk.first_timestamp::float8 as timestamp, chunk.points, chunk.data
      from unnest(${column("id")}::bigint[], ${column("step")}::bigint[], ${column("timestamp")}::bigint[]) as series (id, step, timestamp)
      cross join lateral (
        select first_step, first_timestamp, points, data from metric_chunks
        where series_id = series.id and (first_step, first_timestamp) < (series.step, series.timestamp)
          and earliest < ${bounds.before} and (earliest <= ${bounds.savedAt} or last_step >= ${bounds.step})
        order by first_step desc, first_timestamp desc, first_value desc limit 1
      ) as chunk`);
    for (const { id, points, data } of rows) {
      const point = newest(decodeChunk(data, points).filter((each) => isOf(bounds, each)));
      if (point) found.set(id, point);
    }
    open = rows.filter(({ id }) => !found.has(id)).map(({ id, step, timestamp }) => ({ id, step, timestamp }));
  }
  return found;
}
