import { and, eq, gte, sql } from "drizzle-orm";
import { z } from "zod";
import { featureSkewHours } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { latenessOf } from "./lateness.ts";
import { isCompared, ofWorkspace } from "./served-pages.ts";

/** An hour in which a view was looked up, and that has to be compared. */
export interface DueHour {
  /** Its start, in milliseconds since 1970. */
  hour: number;
  isTrueWanted: boolean;
  /** Predictions of the hour with looked-up features, by which later ones are noticed. */
  predictions: number;
  /** Look-ups of a key. */
  lookUps: number;
}

/** After which the predictions of an hour are expected in the log. */
const settledAfterMs = 5 * minuteMs;
/** What is true is known after a day at the latest; predictions that come to the log later are not compared. */
const maxWaitMs = dayMs;
const lookBackMs = maxWaitMs + 3 * hourMs;

const Counted = z.object({ hour: z.number(), predictions: z.number() });
const Found = z.object({ viewId: z.string(), lookUps: z.number() });

/**
 * Finds the hours that have to be compared, by view: those that are new or have more predictions than before, and those of which late rows have
 * had time to arrive since. Oldest first.
 * @param views that exist @param now milliseconds since 1970
 */
export async function findDueHours(
  ctx: Context,
  views: readonly { id: string; number: number }[],
  now: number,
): Promise<Map<string, DueHour[]>> {
  const from = Math.floor((now - lookBackMs) / hourMs) * hourMs;
  const to = Math.floor((now - settledAfterMs) / hourMs) * hourMs;
  const counted = await countHours(ctx, from, to);
  const stored = Map.groupBy(await storedHours(ctx, from), ({ hour }) => hour.getTime());
  const lateness = new Map<string, number>();
  const due = new Map<string, DueHour[]>();
  const lookedUp = lookedUpBefore(ctx, from);
  for (const { hour, predictions } of counted) {
    // Only predictions say which views they looked up. An hour that one view has may have waited or failed for another one.
    const before = lookedUp.get(hour);
    const found = before?.predictions === predictions ? before.found : await findLookedUp(ctx, hour);
    lookedUp.set(hour, { predictions, found });
    for (const { viewId, lookUps } of found) {
      const view = views.find(({ id }) => id === viewId);
      if (!view) continue;
      const known = stored.get(hour)?.find((row) => row.viewId === viewId);
      const isNew = !known || known.predictions < predictions;
      const wasFinal = known?.isFinal ?? false;
      if (!isNew && wasFinal) continue;
      if (!lateness.has(viewId)) lateness.set(viewId, await latenessOf(ctx, view, now));
      const waitMs = Math.min(maxWaitMs, lateness.get(viewId) ?? maxWaitMs);
      const isTrueWanted = wasFinal || now >= hour + hourMs + waitMs;
      if (!isNew && !isTrueWanted) continue;
      due.set(viewId, [...(due.get(viewId) ?? []), { hour, predictions, lookUps, isTrueWanted }]);
    }
  }
  return due;
}

interface LookedUp {
  predictions: number;
  found: z.infer<typeof Found>[];
}

/** By workspace and hour, of workers that asked before: to read every prediction of a day again each hour takes minutes. */
const knownHours = new WeakMap<Context["db"], Map<string, Map<number, LookedUp>>>();

/** Returns what is known of hours from a time on. */
function lookedUpBefore({ db, actor }: Context, from: number): Map<number, LookedUp> {
  const workspaces = knownHours.get(db) ?? new Map<string, Map<number, LookedUp>>();
  knownHours.set(db, workspaces);
  const hours = workspaces.get(actor.workspaceId) ?? new Map<number, LookedUp>();
  workspaces.set(actor.workspaceId, hours);
  for (const hour of hours.keys()) if (hour < from) hours.delete(hour);
  return hours;
}

async function countHours(ctx: Context, from: number, to: number): Promise<z.infer<typeof Counted>[]> {
  const result = await ctx.db.execute(sql`
    select (extract(epoch from date_trunc('hour', at, 'UTC')) * 1000)::float8 as hour, count(*)::int4 as predictions
    from predictions
    where ${ofWorkspace(ctx)} and at >= ${new Date(from).toISOString()}::timestamptz
      and at < ${new Date(to).toISOString()}::timestamptz and ${isCompared}
    group by 1 order by 1`);
  return rowsOf(Counted, result);
}

function storedHours(ctx: Context, from: number) {
  const { viewId, hour, predictions, isFinal, workspaceId } = featureSkewHours;
  return ctx.db
    .select({ viewId, hour, predictions, isFinal })
    .from(featureSkewHours)
    .where(and(eq(workspaceId, ctx.actor.workspaceId), gte(hour, new Date(from))));
}

/** Which views the predictions of an hour looked up, and how often. */
async function findLookedUp(ctx: Context, hour: number): Promise<z.infer<typeof Found>[]> {
  const result = await ctx.db.execute(sql`
    select view ->> 'viewId' as "viewId", sum(jsonb_array_length(view -> 'rows'))::float8 as "lookUps"
    from predictions, jsonb_array_elements(features -> 'views') as view
    where ${ofWorkspace(ctx)} and at >= ${new Date(hour).toISOString()}::timestamptz
      and at < ${new Date(hour + hourMs).toISOString()}::timestamptz and ${isCompared}
    group by 1`);
  return rowsOf(Found, result);
}
