import { and, eq, gte, isNull } from "drizzle-orm";
import { endpoints, featureSkewHours, featureViews, monitoringFindings } from "#db/schema/index.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import type { Context } from "#server/base/context.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { settleFindings } from "../../monitoring/findings/settle-findings.ts";
import { type RecentShare, recentMs, recentSkew } from "./recent-skew.ts";
import { type EndpointSkew, skewFindings, skewKey } from "./skew-findings.ts";

/**
 * Settles the findings about skew of all endpoints of the workspace, by the hours that were compared last. Without look-ups for so long, a finding
 * closes; that of a view whose look-ups could not be compared stays open.
 * @param now milliseconds since 1970 @param unknown ids of such views
 */
export async function settleSkew(
  ctx: Context,
  { now, unknown }: { now: number; unknown: readonly string[] },
  afterChange: AfterChange,
  attempt: Attempt,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const byEndpoint = await readSkew(ctx, now);
  const { endpointId, watcher, closedAt } = monitoringFindings;
  const open = await ctx.db
    .selectDistinct({ endpointId })
    .from(monitoringFindings)
    .where(and(eq(monitoringFindings.workspaceId, workspaceId), eq(watcher, "skew"), isNull(closedAt)));
  const existing = await ctx.db
    .select({ id: endpoints.id })
    .from(endpoints)
    .where(eq(endpoints.workspaceId, workspaceId));
  const concerned = new Set([...byEndpoint.keys(), ...open.map((row) => row.endpointId)]);
  const unknownKeys = unknown.flatMap((viewId) => [skewKey("known", viewId), skewKey("true", viewId)]);
  for (const { id } of existing) {
    if (!concerned.has(id)) continue;
    const findings = skewFindings(byEndpoint.get(id) ?? []);
    await attempt({ id: `endpoint ${id}`, workspaceId }, () =>
      settleFindings(ctx, { endpointId: id, watcher: "skew", findings, now, unknown: unknownKeys }, afterChange),
    );
  }
}

/** What was counted of each view in the last hours, by endpoint. */
async function readSkew(ctx: Context, now: number): Promise<Map<string, EndpointSkew[]>> {
  const rows = await ctx.db
    .select({
      viewId: featureSkewHours.viewId,
      view: featureViews.name,
      hour: featureSkewHours.hour,
      tallies: featureSkewHours.tallies,
    })
    .from(featureSkewHours)
    .innerJoin(featureViews, eq(featureViews.id, featureSkewHours.viewId))
    .where(
      and(
        eq(featureSkewHours.workspaceId, ctx.actor.workspaceId),
        gte(featureSkewHours.hour, new Date(now - recentMs)),
      ),
    );
  const byEndpoint = new Map<string, EndpointSkew[]>();
  for (const [viewId, own] of Map.groupBy(rows, (row) => row.viewId)) {
    const view = own[0]?.view ?? "";
    const shares = recentSkew(
      own.map(({ hour, tallies }) => ({ hour: hour.getTime(), tallies })),
      now,
    );
    const endpointIds = new Set([...shares.known, ...shares.true].map(({ endpointId }) => endpointId));
    for (const endpointId of endpointIds) {
      const ofEndpoint = (share: RecentShare) => share.endpointId === endpointId;
      const found = { known: shares.known.filter(ofEndpoint), true: shares.true.filter(ofEndpoint) };
      byEndpoint.set(endpointId, [...(byEndpoint.get(endpointId) ?? []), { viewId, view, shares: found }]);
    }
  }
  return byEndpoint;
}
