import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Labels } from "../contract.ts";
import { byBytes } from "../fingerprint.ts";
import { groupKey, groupLabels } from "../routing/group-key.ts";
import type { EffectiveRoute } from "../routing/walk-routes.ts";
import { activeAlerts, timesThatMute } from "./active-alerts.ts";
import type { ActiveAlert, ActiveGroup } from "./contract.ts";
import { type AlertFilter, prepareFilter } from "./filter-alerts.ts";

/**
 * Lists firing alerts, by fingerprint, as Alertmanager does (docs/spec/alerting.md section 3). @throws DomainError "invalid" for an invalid
 * filter
 */
export async function listActiveAlerts(
  ctx: Context,
  input: AlertFilter = {},
  now = Date.now(),
): Promise<ActiveAlert[]> {
  permit(ctx, "listActiveAlerts");
  const filter = prepareFilter(input);
  const { alerts } = await activeAlerts(ctx, now);
  return alerts
    .map(({ alert }) => alert)
    .filter((alert) => alert.receivers.some(filter.includesReceiver) && filter.includes(alert));
}

/** Lists groups of firing alerts, by labels and receiver, without groups that the filter leaves empty. @throws DomainError "invalid" */
export async function listActiveGroups(
  ctx: Context,
  input: AlertFilter = {},
  now = Date.now(),
): Promise<ActiveGroup[]> {
  permit(ctx, "listActiveGroups");
  const filter = prepareFilter(input);
  const { alerts, muting } = await activeAlerts(ctx, now);
  const groups = new Map<string, ActiveGroup>();
  const timesOf = new Map<string, string[]>();
  for (const { alert, routes } of alerts) {
    for (const route of routes) {
      const mutedBy = timesOf.get(route.path) ?? timesThatMute(muting, route);
      timesOf.set(route.path, mutedBy);
      if (!filter.includesReceiver(route.receiver) || !filter.includes(alert)) continue;
      if (mutedBy.length > 0 && !filter.includesMuted) continue;
      // Two routes may look the same and be two.
      const key = `${route.path} ${groupPath(route, alert.labels)}`;
      const group = groups.get(key) ?? {
        labels: groupLabels(route, alert.labels),
        receiver: route.receiver,
        alerts: [],
      };
      group.alerts.push(mutedBy.length > 0 ? { ...alert, mutedBy, state: "suppressed" } : alert);
      groups.set(key, group);
    }
  }
  return [...groups.values()].toSorted(byLabels);
}

/** Returns a key that all alerts of a group share. The group key would serve too, but takes ten times as long. */
function groupPath({ groupBy, key }: EffectiveRoute, labels: Labels): string {
  if (groupBy.includes("...")) return groupKey(key, labels);
  return JSON.stringify(groupBy.map((name) => labels[name] ?? null));
}

/** Compares sets of labels as prometheus/common does: fewer first, then by the first name or value that differs; then by receiver. */
function byLabels(left: ActiveGroup, right: ActiveGroup): number {
  const [a, b] = [left.labels, right.labels];
  const bySize = Object.keys(a).length - Object.keys(b).length;
  if (bySize !== 0) return bySize;
  for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(byBytes)) {
    const [mine, other] = [a[name], b[name]];
    if (mine === undefined) return -1;
    if (other === undefined) return 1;
    if (mine !== other) return byBytes(mine, other);
  }
  return byBytes(left.receiver, right.receiver);
}
