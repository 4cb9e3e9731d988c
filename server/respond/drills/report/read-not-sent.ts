import { reachableReceivers } from "#server/alerting/alerts/routing/inactive-receivers.ts";
import { loadRouting } from "#server/alerting/alerts/routing/load-routing.ts";
import { allRoutes, walkRoutes } from "#server/alerting/alerts/routing/walk-routes.ts";
import type { Context } from "#server/base/context.ts";
import { traceAlert } from "../../alert-trace/trace-alert.ts";
import type { GameDayNotification } from "../contract.ts";
import type { AlertGroupOf, ReadAlert } from "./read-fired.ts";

/** Each is a trace. */
const maxTraced = 10;
const maxReceivers = 20;

/**
 * Finds who was not notified of alerts and why: by the trace of each alert without a notification, and receivers whose routes none of the
 * alerts took. The caller has checked permissions. @param at up to when, in milliseconds since 1970
 */
export async function readNotSent(
  ctx: Context,
  fired: readonly ReadAlert[],
  { groups, notified, at }: { groups: readonly AlertGroupOf[]; notified: ReadonlySet<string>; at: number },
): Promise<GameDayNotification[]> {
  if (fired.length === 0) return [];
  const unsent: GameDayNotification[] = [];
  const known = [...new Map(fired.map((alert) => [alert.fingerprint, alert])).values()];
  const groupsOf = (alert: ReadAlert) => groups.filter(({ fingerprints }) => fingerprints.includes(alert.fingerprint));
  const silent = known.filter((alert) => !groupsOf(alert).some(({ id }) => notified.has(id)));
  for (const alert of silent.slice(0, maxTraced)) {
    const { reason } = await traceAlert(ctx, { fingerprint: alert.fingerprint, at: new Date(at) });
    const receiver = groupsOf(alert)[0]?.receiver ?? "";
    unsent.push({ receiver, channel: "", state: "not-sent", seconds: null, reason, href: alert.href });
  }
  const { routing } = await loadRouting(ctx);
  const taken = new Set(known.flatMap(({ labels }) => walkRoutes(routing, labels).map(({ receiver }) => receiver)));
  const reachable = await reachableReceivers(ctx);
  const others = new Map(
    allRoutes(routing)
      .filter(({ receiver }) => !taken.has(receiver) && reachable.has(receiver))
      .map((route) => [route.receiver, route.words]),
  );
  for (const [receiver, route] of [...others].slice(0, maxReceivers)) {
    const reason = `The alerts did not take its route: ${route}.`;
    unsent.push({ receiver, channel: "", state: "not-sent", seconds: null, reason, href: "/alerts/routes" });
  }
  return unsent;
}
