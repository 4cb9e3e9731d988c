import { and, eq, gt, lte } from "drizzle-orm";
import { alerts, silences } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Labels, MutedBy } from "../contract.ts";
import type { Matcher } from "../matchers/contract.ts";
import { matchesAll } from "../matchers/matches.ts";
import { type Inhibitor, inhibitorOf } from "../routing/inhibit.ts";
import { type LoadedRouting, loadRouting } from "../routing/load-routing.ts";
import { mutedByTime } from "../routing/time-intervals.ts";
import { allRoutes, type EffectiveRoute } from "../routing/walk-routes.ts";

interface ActiveSilence {
  id: string;
  matchers: Matcher[];
  createdBy: string;
  comment: string;
}

/** Everything that determines whether an alert notifies at one moment. */
export interface Muting extends LoadedRouting {
  now: number;
  routes: ReadonlyMap<string, EffectiveRoute>;
  silences: readonly ActiveSilence[];
  inhibits: Inhibitor;
}

/** Reads what currently mutes alerts of the workspace; once for all groups evaluated together. */
export async function loadMuting(ctx: Context, now: number): Promise<Muting> {
  const stored = await loadRouting(ctx);
  const routes = new Map(allRoutes(stored.routing).map((route) => [route.path, route]));
  return {
    ...stored,
    now,
    routes,
    silences: await activeSilences(ctx, now),
    inhibits: await inhibits(ctx, stored, now),
  };
}

/** Returns why an alert of a group does not notify, in the order of docs/spec/alerting.md section 8; null when it does. */
export function mutedBy(muting: Muting, route: EffectiveRoute, labels: Labels): MutedBy | null {
  const inhibitor = muting.inhibits(labels);
  if (inhibitor) return { by: "inhibition", ...inhibitor };
  const time = mutedByTime(route, muting.routing.timeIntervals, muting.now);
  if (time) return { by: "time", ...time };
  const silence = muting.silences.find(({ matchers }) => matchesAll(matchers, labels));
  if (!silence) return null;
  return { by: "silence", ref: silence.id, words: `silenced by ${silence.createdBy}: ${silence.comment}` };
}

async function activeSilences(ctx: Context, now: number): Promise<ActiveSilence[]> {
  const { id, matchers, createdBy, comment } = silences;
  const at = new Date(now);
  const rows = await ctx.db
    .select({ id, matchers, createdBy, comment })
    .from(silences)
    .where(and(eq(silences.workspaceId, ctx.actor.workspaceId), lte(silences.startsAt, at), gt(silences.endsAt, at)))
    .orderBy(silences.startsAt, silences.id);
  return rows.map((row) => ({ ...row, matchers: row.matchers }));
}

async function inhibits(ctx: Context, { routing }: LoadedRouting, now: number): Promise<Inhibitor> {
  if (routing.inhibitRules.length === 0) return () => undefined;
  const firing = await ctx.db
    .select({ fingerprint: alerts.fingerprint, labels: alerts.labels })
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.isSettled, false), gt(alerts.endsAt, new Date(now))),
    )
    .orderBy(alerts.fingerprint);
  return inhibitorOf(routing.inhibitRules, firing);
}
