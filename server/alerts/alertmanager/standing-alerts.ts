import { and, eq, gt } from "drizzle-orm";
import { alerts } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { byBytes } from "../fingerprint.ts";
import { loadMuting, type Muting } from "../groups/muting.ts";
import { matchesAll } from "../matchers/matches.ts";
import { mutedByTime } from "../routing/time-intervals.ts";
import { type EffectiveRoute, walkRoutes } from "../routing/walk-routes.ts";
import type { StandingAlert } from "./contract.ts";

/** An alert that fires with the routes that it takes. */
export interface RoutedAlert {
  alert: StandingAlert;
  routes: EffectiveRoute[];
}

/**
 * Every alert of the workspace that fires, as it stands by the silences, rules and times of this moment, and not as its group was
 * told of last: who has just silenced one wants to see that. Sorted by fingerprint.
 */
export async function standingAlerts(ctx: Context, now: number): Promise<{ alerts: RoutedAlert[]; muting: Muting }> {
  const muting = await loadMuting(ctx, now);
  const rows = await ctx.db
    .select()
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.isSettled, false), gt(alerts.endsAt, new Date(now))),
    );
  const standing = rows.map((row) => {
    const { fingerprint, labels, annotations, startsAt, endsAt, updatedAt, generatorUrl } = row;
    const routes = walkRoutes(muting.routing, labels);
    const silencedBy = muting.silences.filter(({ matchers }) => matchesAll(matchers, labels)).map(({ id }) => id);
    const inhibitor = muting.inhibits(labels);
    const isMuted = silencedBy.length > 0 || inhibitor !== undefined;
    const alert: StandingAlert = {
      ...{ fingerprint, labels, annotations, startsAt, endsAt, updatedAt, generatorUrl, silencedBy },
      receivers: [...new Set(routes.map(({ receiver }) => receiver))],
      state: isMuted ? "suppressed" : "active",
      inhibitedBy: inhibitor ? [inhibitor.ref] : [],
      mutedBy: [],
    };
    return { alert, routes };
  });
  return { muting, alerts: standing.toSorted((a, b) => byBytes(a.alert.fingerprint, b.alert.fingerprint)) };
}

/** Names of the time interval that keeps a route quiet. */
export function timesThatMute(muting: Muting, route: EffectiveRoute): string[] {
  const muted = mutedByTime(route, muting.routing.timeIntervals, muting.now);
  return muted ? [muted.ref] : [];
}
