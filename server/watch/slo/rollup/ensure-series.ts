import { and, eq } from "drizzle-orm";
import { sliSeries } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { Indicator } from "../../objectives/indicators/contract.ts";
import { seriesKey } from "../indicators/series-key.ts";
import { requireView } from "./require-view.ts";

/**
 * Returns the series in which an indicator is counted: the existing one, or a new one, whose history the worker counts soon. The caller
 * has checked permissions. @returns null for indicators that are not counted
 * @throws DomainError "not-found" when the endpoint or the view is not in this workspace
 */
export async function ensureSeries(ctx: Context, indicator: Indicator): Promise<string | null> {
  const key = seriesKey(indicator);
  if (key === null) return null;
  const hasNoEndpoint = indicator.kind === "posted" || indicator.kind === "view-lag";
  const endpointId = "endpointId" in indicator ? indicator.endpointId : null;
  if (endpointId !== null) await findEndpointById(ctx, endpointId);
  if ("viewId" in indicator && indicator.viewId !== null) await requireView(ctx, indicator.viewId);
  const { workspaceId } = ctx.actor;
  await ctx.db
    .insert(sliSeries)
    .values({ workspaceId, key, indicator, endpointId: hasNoEndpoint ? null : endpointId })
    .onConflictDoNothing();
  const [row] = await ctx.db
    .select({ id: sliSeries.id })
    .from(sliSeries)
    .where(and(eq(sliSeries.workspaceId, workspaceId), eq(sliSeries.key, key)));
  // Gateways count at the limits of its SLOs.
  if (indicator.kind === "latency" || indicator.kind === "freshness")
    await publish(ctx, "routes", indicator.endpointId);
  if (!row) throw new Error("The series was not created.");
  return row.id;
}
