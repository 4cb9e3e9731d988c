import { and, eq, inArray, isNull } from "drizzle-orm";
import { alerts, modelVersions, monitoringFindings } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { endpointLabels, watchedEndpoints } from "#server/alerting/alerts/rules/watched-endpoints.ts";
import type { Context } from "#server/base/context.ts";
import type { Watcher } from "../contract.ts";
import { type ActiveAlert, alertsOf, type NotifiedFinding, watchKey } from "./finding-alerts.ts";

interface NotifiedFindings {
  endpointId: string;
  watcher: Watcher;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Brings the alerts of a watcher at an endpoint in line with its open findings. At an archived or unloaded endpoint nothing fires. Its
 * caller holds lockFindings, and its transaction.
 */
export async function notifyFindings(
  ctx: Context,
  { endpointId, watcher, now }: NotifiedFindings,
  afterChange: AfterChange,
): Promise<void> {
  const ruleKey = watchKey(watcher, endpointId);
  const active = await activeAlerts(ctx, ruleKey);
  const findings = await openFindings(ctx, { endpointId, watcher });
  if (active.length === 0 && findings.length === 0) return;
  const [endpoint] = await watchedEndpoints(ctx, endpointId);
  const subject = { id: endpointId, name: endpoint?.name ?? "", labels: endpoint ? endpointLabels(endpoint) : {} };
  const isServing = endpoint !== undefined && !endpoint.isUnloaded;
  const posted = alertsOf(subject, isServing ? findings : [], { active, now });
  if (posted.length > 0) await receiveAlerts(ctx, posted, { source: "leeway", ruleKey, now, afterChange });
}

async function activeAlerts(ctx: Context, ruleKey: string): Promise<ActiveAlert[]> {
  const ofRule = and(
    eq(alerts.workspaceId, ctx.actor.workspaceId),
    eq(alerts.ruleKey, ruleKey),
    eq(alerts.isEnded, false),
  );
  const { fingerprint, labels, annotations, startsAt, updatedAt } = alerts;
  const rows = await ctx.db
    .select({ fingerprint, labels, annotations, startsAt, updatedAt })
    .from(alerts)
    .where(ofRule);
  return rows.map((row) => ({ ...row, startsAt: row.startsAt.getTime(), updatedAt: row.updatedAt.getTime() }));
}

async function openFindings(
  ctx: Context,
  { endpointId, watcher }: Omit<NotifiedFindings, "now">,
): Promise<NotifiedFinding[]> {
  const of = monitoringFindings;
  const rows = await ctx.db
    .select({ finding: of, version: modelVersions.version })
    .from(of)
    .leftJoin(modelVersions, eq(modelVersions.id, of.versionId))
    .where(
      and(
        eq(of.workspaceId, ctx.actor.workspaceId),
        eq(of.endpointId, endpointId),
        eq(of.watcher, watcher),
        isNull(of.closedAt),
        inArray(of.severity, ["page", "ticket"]),
      ),
    )
    .orderBy(of.openedAt, of.id);
  return rows.map(({ finding, version }) => ({
    ...finding,
    version,
    severity: finding.severity === "page" ? "page" : "ticket",
    reach: reachOf(finding.evidence),
    openedAt: finding.openedAt.getTime(),
  }));
}

/** Watchers say in their evidence what share of the traffic is affected. */
function reachOf({ reach }: Record<string, unknown>): number | null {
  return typeof reach === "number" && reach >= 0 && reach <= 1 ? reach : null;
}
