import { and, eq, inArray } from "drizzle-orm";
import { endpoints, monitoringMarks } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs, hourMs } from "#server/base/durations.ts";
import { CaptureRules } from "#server/serve/capture/contract.ts";
import type { MonitorSettings } from "../../contract.ts";
import { findMonitor } from "../../settings/queries.ts";
import { type CountMarks, dueHours } from "./due-hours.ts";
import { addDueHours, listDueHours, removeHoursBefore } from "./due-queue.ts";
import { PredictionReader } from "./prediction-reader.ts";
import { recountHour } from "./recount-hour.ts";

const untilName = "quality-until";
const fromName = "quality-from";
/** Mark for settings, so that hours are recounted when tags or the tolerance change. */
const settingsName = "quality-settings";
/** Days go at night, and not to the minute. */
const marginMs = 2 * hourMs;

/** Hours in the queue beyond which no more history is added: a day of it. */
const maxWaiting = 24;

interface Requested {
  endpointId: string;
  /** Milliseconds since 1970. */
  now: number;
  /** Once true, no more hours start; the others stay in the queue for the next evaluation. */
  hasEnded?: () => boolean;
  /** Counts one hour under the failure policy of the caller: an hour that fails stops no other. Throws when left out. */
  attempt?: (hour: number, count: () => Promise<boolean>) => Promise<boolean | undefined>;
}

/**
 * Matches predictions with their labels wherever counts may have changed since the last evaluation. What is due goes to a queue in one
 * transaction with the marks, and leaves it with its count: neither a killed worker nor an end after the first hour counts the same hours
 * again and again while others wait. @returns the counted hours, newest first, in milliseconds since 1970
 */
export async function recountEndpoint(
  ctx: Context,
  { endpointId, now, hasEnded, attempt = (_, count) => count() }: Requested,
): Promise<number[]> {
  const settings = await enqueueDue(ctx, endpointId, now);
  const reader = new PredictionReader();
  const counted: number[] = [];
  for (const due of await listDueHours(ctx, { endpointId })) {
    if (hasEnded?.()) break;
    const isCounted = await attempt(due.hour, async () => {
      await recountHour(ctx, { endpointId, hour: due.hour, settings, now, reader, due });
      return true;
    });
    if (isCounted) counted.push(due.hour);
  }
  return counted.sort((one, other) => other - one);
}

/** Adds the hours that are due to the queue, and moves the marks. @returns the settings to count with */
async function enqueueDue(ctx: Context, endpointId: string, now: number): Promise<MonitorSettings> {
  return transact(ctx, async (ctx) => {
    const { settings, updatedAt } = await findMonitor(ctx, endpointId);
    const kept = await readMarks(ctx, endpointId);
    const isChanged = updatedAt !== null && kept.settings !== updatedAt.getTime();
    const marks: CountMarks = isChanged ? { until: kept.until, from: now } : kept;
    const since = await completeSince(ctx, endpointId, now);
    await removeHoursBefore(ctx, { endpointId }, since);
    // Hours that fail again and again stay in the queue, and must not hold back history for ever.
    const withHistory = (await listDueHours(ctx, { endpointId })).length < maxWaiting;
    const due = await dueHours(ctx, { endpointId, marks, now, completeSince: since, withHistory });
    await addDueHours(ctx, { endpointId }, due.hours);
    await writeMarks(ctx, endpointId, { ...due.marks, settings: updatedAt?.getTime() ?? null });
    return settings;
  });
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
