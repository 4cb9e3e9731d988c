import { and, asc, eq } from "drizzle-orm";
import type { z } from "zod";
import { gameDayEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type GameDay, type GameDayEvent, ListGameDays, limits } from "./contract.ts";
import { findDay } from "./find-day.ts";
import { type GameDayRow, loadGameDay, selectGameDays } from "./game-day-rows.ts";
import { isShownTo } from "./is-shown-to.ts";
import { readFired, readGroups } from "./report/read-fired.ts";
import { readSent } from "./report/read-sent.ts";

const maxEvents = 500;

/** Lists the game days that the caller may see, newest first. */
export async function listGameDays(ctx: Context, input: z.input<typeof ListGameDays> = {}): Promise<GameDay[]> {
  permit(ctx, "listGameDays");
  const { limit } = ListGameDays.parse(input);
  return selectGameDays(ctx, await isShownTo(ctx), limit);
}

/** Returns a game day by its number. @throws DomainError "not-found" */
export async function getGameDay(ctx: Context, number: number): Promise<GameDay> {
  permit(ctx, "getGameDay");
  return loadGameDay(ctx, (await findDay(ctx, number)).id);
}

/**
 * Lists the log of a game day, oldest first: what Leeway did, notes, and the alerts and notifications of its endpoint until half an hour after its
 * end. @throws DomainError "not-found"
 */
export async function listGameDayEvents(ctx: Context, number: number): Promise<GameDayEvent[]> {
  permit(ctx, "listGameDayEvents");
  const day = await findDay(ctx, number);
  const own = await ctx.db
    .select({
      at: gameDayEvents.at,
      kind: gameDayEvents.kind,
      words: gameDayEvents.words,
      by: gameDayEvents.by,
    })
    .from(gameDayEvents)
    .where(and(eq(gameDayEvents.workspaceId, ctx.actor.workspaceId), eq(gameDayEvents.gameDayId, day.id)))
    .orderBy(asc(gameDayEvents.at), asc(gameDayEvents.id))
    .limit(maxEvents);
  const events = own.map((event) => ({ ...event, href: null }));
  const followed = await readFollowed(ctx, day, await databaseNow(ctx.db));
  return [...events, ...followed].toSorted((one, other) => one.at.getTime() - other.at.getTime()).slice(0, maxEvents);
}

/** Reads the alerts of the endpoint since the start, and what was sent about them. @param now milliseconds since 1970 */
async function readFollowed(
  ctx: Context,
  { startedAt, endedAt, endpointId, baseline }: GameDayRow,
  now: number,
): Promise<GameDayEvent[]> {
  if (!startedAt) return [];
  const to = Math.min(now, (endedAt?.getTime() ?? now) + limits.reportSeconds * 1000);
  const span = { from: startedAt.getTime(), to };
  const fired = (await readFired(ctx, span)).filter(
    (alert) => alert.endpointId === endpointId && !baseline?.firingAlerts.includes(alert.fingerprint),
  );
  const fingerprints = [...new Set(fired.map(({ fingerprint }) => fingerprint))];
  const sent = await readSent(ctx, await readGroups(ctx, fingerprints, span), span);
  const alerts = fired.map(({ at, title, severity, href }): GameDayEvent => {
    return { at: new Date(at), kind: "alert", words: `Firing (${severity}): ${title}.`, by: null, href };
  });
  const notifications = sent.flatMap(({ at, state, severity, receiver, channel, href }): GameDayEvent[] => {
    if (at === null) return [];
    const what = severity === "page" ? "Page" : "Notification";
    const words = `${what} to ${receiver} ${state === "delivered" ? "delivered" : "failed"} (${channel}).`;
    return [{ at: new Date(at), kind: "notification", words, by: null, href }];
  });
  return [...alerts, ...notifications];
}
