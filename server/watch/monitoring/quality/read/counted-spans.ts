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
  /** Where minutes are wanted in the place of their hours, in milliseconds since 1970: whole hours. */
  fine: { from: number; to: number } | null;
}

/**
 * Where minutes matter: all of a span that is shown by them, and elsewhere the hour that the horizon of maturity lies in, of which a part counts
 * already. Null for endpoints that have none.
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
 * What was counted of what clients were answered, in time order: hours that begin in the span, and where they are wanted and kept the minutes
 * of an hour instead of it. For who was let in already.
 */
export async function readCounted(ctx: Context, { endpointId: id, fine, ...span }: Requested): Promise<StoredSpan[]> {
  return (await readCountedOf(ctx, [{ id, fine }], span)).get(id) ?? [];
}

type Span = Omit<Requested, "endpointId" | "fine">;
type Endpoint = Pick<Requested, "fine"> & { id: string };

/** The same of several endpoints; one of which nothing was counted is absent. */
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
