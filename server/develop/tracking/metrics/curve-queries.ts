import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Axis, Buckets, exact, type Part } from "./buckets.ts";
import { decodeColumns, type PointColumns, readSummary, summaryBytes } from "./chunk-codec.ts";
import { pointsPerChunk } from "./chunks.ts";
import type { MetricCurve, RedoneSpan } from "./contract.ts";
import { partsSql, pointsOf, type StoredPart } from "./read-points.ts";
import { chooseColumns, isChosen } from "./redone.ts";
import { compareByTime, sortedSet } from "./stored-point.ts";

interface CurveQuestion {
  runIds: readonly string[];
  keys: readonly string[];
  /** Maximum number of points per curve; a series with no more in the range is returned completely. At least 4. */
  maxPoints: number;
  /** X-axis of the curve. Default: step. */
  x?: Axis | undefined;
  /** Steps, or milliseconds since 1970: what is outside is not drawn. Either may be left out. */
  from?: number | undefined;
  to?: number | undefined;
  /** Which points of steps that were done twice to draw; those that count by default where there are such steps. */
  redone?: { spans: readonly RedoneSpan[]; part: "kept" | "lost" } | undefined;
}

/** Maximum length, in buckets, of a chunk that its summary represents as one point of the chart. */
const summedUpBuckets = 2;

interface Series extends Record<string, unknown> {
  id: number;
  run_id: string;
  key: string;
  /** Points in the range, or somewhat more. */
  stored: number;
  /** Ends of the range that has points. */
  first: number;
  last: number;
}

/**
 * Returns curves of some metrics of some runs, downsampled to what a screen can show. The range of each series is divided into buckets;
 * each is one point with the mean of its values, and their lowest and highest as a band, so the extremes of the chart are those of
 * the data. The first and last point stay. A bucket with a NaN also has a point without a value: a gap. A chunk of packed points that
 * is not much wider than a bucket is one point too, so a long curve may have half of the requested points.
 */
export async function getMetricCurves(ctx: Context, question: CurveQuestion): Promise<MetricCurve[]> {
  permit(ctx, "getMetricCurves");
  const view = viewOf(question);
  const found = await findSeries(ctx, question, view);
  const parts = Map.groupBy(await readParts(ctx, found, view), (part) => part.series_id);
  return found.map(({ id, run_id: runId, key, ...range }) => {
    const drawn = drawCurve(parts.get(id) ?? [], { from: range.first, to: range.last }, view);
    return { runId, key, ...drawn };
  });
}

interface View {
  axis: Axis;
  from: number;
  to: number;
  maxPoints: number;
  buckets: number;
  /** Columns along the axis. */
  low: SQL;
  high: SQL;
  positionSql: SQL;
  redone: NonNullable<CurveQuestion["redone"]>;
}

function viewOf({ x: axis = "step", from, to, maxPoints, redone }: CurveQuestion): View {
  const range = { from: from ?? Number.MIN_SAFE_INTEGER, to: to ?? Number.MAX_SAFE_INTEGER };
  // Two points are the ends, and a tenth is reserved for gaps.
  const common = {
    axis,
    ...range,
    redone: redone ?? { spans: [], part: "kept" as const },
    maxPoints,
    buckets: Math.max(1, Math.floor((maxPoints - 2) * 0.9)),
  };
  return axis === "step"
    ? { ...common, low: sql`chunk.first_step`, high: sql`chunk.last_step`, positionSql: sql`point.step` }
    : { ...common, low: sql`chunk.earliest`, high: sql`chunk.latest`, positionSql: sql`point.timestamp` };
}

async function findSeries(ctx: Context, { runIds, keys }: CurveQuestion, view: View): Promise<Series[]> {
  const { low, high, positionSql, from, to } = view;
  const { rows } = await ctx.db.execute<Series>(sql`
    select series.id, series.run_id, series.key, coalesce(packed.points, 0) + tail.points as stored,
      greatest(least(packed.first, tail.first), ${from}::bigint) as first,
      least(greatest(packed.last, tail.last), ${to}::bigint) as last
    from metric_series series
    cross join lateral (
      select sum(points)::bigint as points, min(${low}) as first, max(${high}) as last
      from metric_chunks chunk where chunk.series_id = series.id and ${high} >= ${from} and ${low} <= ${to}
    ) packed
    cross join lateral (
      select count(*) as points, min(${positionSql}) as first, max(${positionSql}) as last
      from metric_points point where point.series_id = series.id and ${positionSql} between ${from} and ${to}
    ) tail
    where series.workspace_id = ${ctx.actor.workspaceId} and coalesce(packed.points, 0) + tail.points > 0
      and series.run_id = any(${sql.param([...runIds])}::text[]) and series.key = any(${sql.param([...keys])}::text[])
    order by series.id`);
  return rows;
}

async function readParts(ctx: Context, found: readonly Series[], view: View): Promise<StoredPart[]> {
  if (found.length === 0) return [];
  const { low, high, positionSql, from, to, buckets, maxPoints, redone } = view;
  // The chunks at both ends may hold points outside of the range.
  const maxUnsampled = maxPoints + 2 * pointsPerChunk;
  const column = (read: (series: Series) => unknown) => sql.param(found.map(read));
  const ofRedone = redone.spans.reduce(
    (any, span) => sql`${any} or (chunk.earliest <= ${span.to}::bigint and chunk.latest >= ${span.from}::bigint)`,
    sql`false`,
  );
  const series = sql`unnest(
    ${column(({ id }) => id)}::bigint[], ${column(({ first }) => first)}::bigint[], ${column(({ last }) => last)}::bigint[],
    ${column(({ stored }) => stored > maxUnsampled)}::boolean[]
  ) as series (id, first, last, is_long)`;
  const { rows } = await ctx.db.execute<StoredPart>(
    partsSql(series, {
      chunks: sql`${high} >= ${from} and ${low} <= ${to}`,
      points: sql`${positionSql} between ${from} and ${to}`,
      // The chunks at the ends are read completely: their first and last point are drawn.
      data: sql`case
        when series.is_long and not (${ofRedone}) and ${low} > series.first and ${high} < series.last and (${high} - ${low})::double precision
          <= ${summedUpBuckets}::integer * (series.last - series.first + 1)::double precision / ${buckets}::integer
        then substring(chunk.data for ${summaryBytes}::integer) else chunk.data end`,
    }),
  );
  return rows;
}

function drawCurve(
  parts: readonly StoredPart[],
  range: { from: number; to: number },
  { axis, from, to, maxPoints, buckets: count, redone }: View,
): Pick<MetricCurve, "totalPoints" | "points"> {
  const buckets = new Buckets(count, range, axis);
  let isSummedUp = false;
  const chosen = (columns: PointColumns) => chooseColumns(columns, redone);
  let totalPoints = buckets.addPoints(chosen(columnsOf(parts.filter(({ data }) => data === null))));
  for (const part of parts) {
    if (part.data?.length === summaryBytes) {
      // Chunks of steps that were done twice are read with all their points.
      if (redone.part === "lost") continue;
      buckets.addPart(summaryOf(part, part.data));
      totalPoints += part.points;
      isSummedUp = true;
    } else if (part.data) {
      totalPoints += buckets.addPoints(chosen(decodeColumns(part.data, part.points)));
    }
  }
  if (totalPoints > maxPoints || isSummedUp) return { totalPoints, points: buckets.points(maxPoints) };
  const few = parts
    .filter(({ data }) => data?.length !== summaryBytes)
    .flatMap(pointsOf)
    .filter(({ step, timestamp }) => {
      const position = axis === "step" ? step : timestamp;
      return position >= from && position <= to && isChosen(step, timestamp, redone);
    });
  const inOrder = axis === "step" ? sortedSet(few) : few.sort(compareByTime);
  return { totalPoints, points: inOrder.map(exact) };
}

/** Converts points outside chunks to columns. */
function columnsOf(parts: readonly StoredPart[]): PointColumns {
  return {
    steps: Float64Array.from(parts, ({ first_step }) => first_step),
    timestamps: Float64Array.from(parts, ({ earliest }) => earliest),
    values: Float64Array.from(parts, ({ value }) => value as number),
  };
}

function summaryOf(part: StoredPart, data: Buffer): Part {
  return {
    ...readSummary(data),
    points: part.points,
    firstStep: part.first_step,
    lastStep: part.last_step,
    earliest: part.earliest,
    latest: part.latest,
    nanStep: part.nan_step ?? 0,
  };
}
