import { and, asc, eq, gte, lt, ne } from "drizzle-orm";
import { qualityHours, qualityMinutes } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { hourMs } from "#server/durations.ts";
import type { MonitorSettings } from "../../contract.ts";
import { floorTo } from "../../history/grains.ts";
import type { PlacedSpan, QualityCounts } from "../counts/contract.ts";
import { isByMinutes, minutesSince } from "../counts/minutes.ts";

/** An hour or a minute as it was counted. */
export interface StoredSpan extends PlacedSpan {
  /** End, in milliseconds since 1970. */
  until: number;
}

interface Asked {
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
export function fineSpan(asked: {
  settings: Pick<MonitorSettings, "lengths">;
  from: number;
  to: number;
  stepMs: number;
  horizonMs: number | null;
  now: number;
}): Asked["fine"] {
  const { settings, from, to, stepMs, horizonMs, now } = asked;
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
export async function readCounted(ctx: Context, asked: Asked): Promise<StoredSpan[]> {
  const minutes = asked.fine ? await readMinutes(ctx, asked, asked.fine) : [];
  const replaced = new Set(minutes.map(({ at }) => floorTo(at, "hour")));
  const hours = await readHours(ctx, asked);
  return [...hours.filter(({ at }) => !replaced.has(at)), ...minutes].sort((a, b) => a.at - b.at);
}

async function readHours(ctx: Context, asked: Asked): Promise<StoredSpan[]> {
  const { hour } = qualityHours;
  const rows = await ctx.db
    .select()
    .from(qualityHours)
    .where(and(isOf(ctx, qualityHours, asked), gte(hour, asked.from), lt(hour, asked.to)))
    .orderBy(asc(hour));
  return rows.map((row) => stored(row, row.hour, hourMs));
}

async function readMinutes(ctx: Context, asked: Asked, fine: NonNullable<Asked["fine"]>): Promise<StoredSpan[]> {
  const { minute } = qualityMinutes;
  const from = new Date(Math.max(fine.from, asked.from.getTime()));
  const to = new Date(Math.min(fine.to, asked.to.getTime()));
  const rows = await ctx.db
    .select()
    .from(qualityMinutes)
    .where(and(isOf(ctx, qualityMinutes, asked), gte(minute, from), lt(minute, to)))
    .orderBy(asc(minute));
  return rows.map((row) => stored(row, row.minute, 60_000));
}

type Table = typeof qualityHours | typeof qualityMinutes;

function isOf(ctx: Context, table: Table, { endpointId, versionId, segment }: Asked) {
  return and(
    eq(table.workspaceId, ctx.actor.workspaceId),
    eq(table.endpointId, endpointId),
    segment === undefined ? ne(table.segment, "") : eq(table.segment, segment),
    ne(table.arm, "shadow"),
    versionId === undefined ? undefined : eq(table.versionId, versionId),
  );
}

type Row = Omit<PlacedSpan, "at" | "counts"> & { counts: unknown };

function stored(row: Row, start: Date, lengthMs: number): StoredSpan {
  const { versionId, arm, segment, predictions, labelled, revision } = row;
  const at = start.getTime();
  const counts = row.counts as QualityCounts;
  return { ...{ versionId, arm, segment, predictions, labelled, revision }, at, until: at + lengthMs, counts };
}
