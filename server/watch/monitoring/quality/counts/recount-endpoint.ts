import { and, eq, inArray } from "drizzle-orm";
import { endpoints, monitoringMarks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { CaptureRules } from "#server/serve/capture/contract.ts";
import { findMonitor } from "../../settings/queries.ts";
import { type CountMarks, dueHours } from "./due-hours.ts";
import { PredictionReader } from "./prediction-reader.ts";
import { recountHour } from "./recount-hour.ts";

const untilName = "quality-until";
const fromName = "quality-from";
/** Mark for settings, so that hours are recounted when tags or the tolerance change. */
const settingsName = "quality-settings";
/** Days go at night, and not to the minute. */
const marginMs = 2 * hourMs;

interface Requested {
  endpointId: string;
  /** Milliseconds since 1970. */
  now: number;
  /** Once true, no more hours start; the marks stay, and the next evaluation continues. */
  hasEnded?: () => boolean;
}

/**
 * Matches predictions with their labels wherever counts may have changed since the last evaluation. If a worker is killed meanwhile, the
 * same hours are counted again. @returns the counted hours, newest first, in milliseconds since 1970
 */
export async function recountEndpoint(ctx: Context, { endpointId, now, hasEnded }: Requested): Promise<number[]> {
  const { settings, updatedAt } = await findMonitor(ctx, endpointId);
  const kept = await readMarks(ctx, endpointId);
  const isChanged = updatedAt !== null && kept.settings !== updatedAt.getTime();
  const marks: CountMarks = isChanged ? { until: kept.until, from: now } : kept;
  const due = await dueHours(ctx, { endpointId, marks, now, completeSince: await completeSince(ctx, endpointId, now) });
  const reader = new PredictionReader();
  const counted: number[] = [];
  for (const hour of due.hours) {
    if (hasEnded?.()) return counted;
    await recountHour(ctx, { endpointId, hour, settings, now, reader });
    counted.push(hour);
  }
  await writeMarks(ctx, endpointId, { ...due.marks, settings: updatedAt?.getTime() ?? null });
  return counted;
}

async function completeSince(ctx: Context, endpointId: string, now: number): Promise<number> {
  const [row] = await ctx.db
    .select({ capture: endpoints.capture })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.id, endpointId)));
  return now - CaptureRules.parse(row?.capture ?? {}).retentionDays * dayMs + marginMs;
}

async function readMarks(ctx: Context, endpointId: string): Promise<CountMarks & { settings: number | null }> {
  const rows = await ctx.db
    .select({ name: monitoringMarks.name, at: monitoringMarks.at })
    .from(monitoringMarks)
    .where(
      and(
        eq(monitoringMarks.workspaceId, ctx.actor.workspaceId),
        eq(monitoringMarks.endpointId, endpointId),
        inArray(monitoringMarks.name, [untilName, fromName, settingsName]),
      ),
    );
  const of = (name: string) => rows.find((row) => row.name === name)?.at.getTime() ?? null;
  return { until: of(untilName), from: of(fromName), settings: of(settingsName) };
}

async function writeMarks(
  ctx: Context,
  endpointId: string,
  { until, from, settings }: CountMarks & { settings: number | null },
): Promise<void> {
  const marks: [string, number | null][] = [
    [untilName, until],
    [fromName, from],
    [settingsName, settings],
  ];
  for (const [name, at] of marks) {
    if (at === null) continue;
    await ctx.db
      .insert(monitoringMarks)
      .values({ workspaceId: ctx.actor.workspaceId, endpointId, name, at: new Date(at) })
      .onConflictDoUpdate({
        target: [monitoringMarks.endpointId, monitoringMarks.name],
        set: { at: new Date(at) },
      });
  }
}
