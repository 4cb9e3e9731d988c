import { and, asc, eq, gte, inArray, lt, ne, or } from "drizzle-orm";
import { qualityHours, qualityMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { MonitorSettings } from "../../contract.ts";
import { floorTo } from "../../history/grains.ts";
import type { PlacedSpan } from "../counts/contract.ts";
import { isByMinutes, minutesSince } from "../counts/minutes.ts";

/** An hour or a minute as it was counted. */
export interface StoredSpan extends PlacedSpan {
  /** End, in milliseconds since 1970. */
  until: number;
}

interface Requested {
  endpointId: string;
  versionId?: string | undefined;
  /** "" for all rows; undefined for every segment. */
  segment: string | undefined;
  from: Date;
  to: Date;
  /** Range to read by minutes instead of hours, in milliseconds since 1970: full hours. */
  fine: { from: number; to: number } | null;
}

/**
 * Returns the range that needs minutes: all of a range displayed by minutes, otherwise the hour that contains the maturity horizon, part
 * of which is already mature. Null for endpoints without minutes.
 */
export function fineSpan(request: {
  settings: Pick<MonitorSettings, "lengths">;
  from: number;
  to: number;
  stepMs: number;
  horizonMs: number | null;
  now: number;
}): Requested["fine"] {
  const { settings, from, to, stepMs, horizonMs, now } = request;
  if (!isByMinutes(settings)) return null;
  const oldest = minutesSince(now);
  if (stepMs < hourMs) return { from: Math.max(oldest, floorTo(from, "hour")), to: Math.ceil(to / hourMs) * hourMs };
  if (horizonMs === null) return null;
  const edge = floorTo(Math.min(now - horizonMs, to), "hour");
  return edge < oldest ? null : { from: edge, to: edge + hourMs };
}

/**
 * Reads counts of predictions returned to clients, in chronological order: hours that start in the range, replaced by their minutes where
 * these are requested and stored. The caller has checked permissions.
 */
export async function readCounted(ctx: Context, { endpointId: id, fine, ...span }: Requested): Promise<StoredSpan[]> {
  return (await readCountedOf(ctx, [{ id, fine }], span)).get(id) ?? [];
}

type Span = Omit<Requested, "endpointId" | "fine">;
type Endpoint = Pick<Requested, "fine"> & { id: string };

/** Reads the counts of several endpoints; endpoints without counts are absent. */
export async function readCountedOf(
  ctx: Context,
  endpoints: readonly Endpoint[],
  span: Span,
): Promise<Map<string, StoredSpan[]>> {
  const [hours, minutes] = await sideBySide(ctx, [
    () => readHours(ctx, endpoints, span),
    () => readMinutes(ctx, endpoints, span),
  ]);
  const minutesOf = Map.groupBy(minutes, ({ endpointId }) => endpointId);
  const rowsOf = Map.groupBy([...hours, ...minutes], ({ endpointId }) => endpointId);
  return new Map(
    [...rowsOf].map(([endpointId, own]) => {
      const replaced = new Set(
        (minutesOf.get(endpointId) ?? []).map(({ minute }) => floorTo(minute.getTime(), "hour")),
      );
      const counted = own.map((row) =>
        "minute" in row ? stored(row, row.minute, minuteMs) : stored(row, row.hour, hourMs),
      );
      const kept = counted.filter(({ at, until }) => until - at < hourMs || !replaced.has(at));
      return [endpointId, kept.sort((a, b) => a.at - b.at)];
    }),
  );
}

function readHours(ctx: Context, endpoints: readonly Endpoint[], span: Span) {
  const { hour, endpointId } = qualityHours;
  const ids = endpoints.map(({ id }) => id);
  return ctx.db
    .select()
    .from(qualityHours)
    .where(and(isOf(ctx, qualityHours, span), inArray(endpointId, ids), gte(hour, span.from), lt(hour, span.to)))
    .orderBy(asc(hour));
}

async function readMinutes(ctx: Context, endpoints: readonly Endpoint[], span: Span) {
  const { minute, endpointId } = qualityMinutes;
  const wanted = endpoints.flatMap(({ id, fine }) => {
    if (!fine) return [];
    const from = new Date(Math.max(fine.from, span.from.getTime()));
    const to = new Date(Math.min(fine.to, span.to.getTime()));
    return [and(eq(endpointId, id), gte(minute, from), lt(minute, to))];
  });
  if (wanted.length === 0) return [];
  return ctx.db
    .select()
    .from(qualityMinutes)
    .where(and(isOf(ctx, qualityMinutes, span), or(...wanted)))
    .orderBy(asc(minute));
}

type Table = typeof qualityHours | typeof qualityMinutes;

function isOf(ctx: Context, table: Table, { versionId, segment }: Span) {
  return and(
    eq(table.workspaceId, ctx.actor.workspaceId),
    segment === undefined ? ne(table.segment, "") : eq(table.segment, segment),
    ne(table.arm, "shadow"),
    versionId === undefined ? undefined : eq(table.versionId, versionId),
  );
}

type Row = Omit<PlacedSpan, "at">;

function stored(row: Row, start: Date, lengthMs: number): StoredSpan {
  const { versionId, arm, segment, predictions, labelled, revision, counts } = row;
  const at = start.getTime();
  return { versionId, arm, segment, predictions, labelled, revision, at, until: at + lengthMs, counts };
}
