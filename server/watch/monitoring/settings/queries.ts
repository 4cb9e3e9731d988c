import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { monitors } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { MonitorSettings } from "../contract.ts";
import { GetMonitor, type Monitor } from "./contract.ts";

/** Returns the monitoring settings of an endpoint; the defaults if none are set. @throws DomainError "not-found" */
export async function getMonitor(ctx: Context, input: GetMonitor): Promise<Monitor> {
  permit(ctx, "getMonitor");
  const { endpointId } = GetMonitor.parse(input);
  await findEndpointById(ctx, endpointId);
  return findMonitor(ctx, endpointId);
}

/** Returns the monitor of an endpoint. The caller has checked permissions and that the endpoint belongs to this workspace. */
export async function findMonitor(ctx: Context, endpointId: string): Promise<Monitor> {
  const [row] = await ctx.db
    .select()
    .from(monitors)
    .where(and(eq(monitors.workspaceId, ctx.actor.workspaceId), eq(monitors.endpointId, endpointId)));
  if (!row) return { endpointId, settings: settingsOf({}), revision: 0, updatedBy: null, updatedAt: null };
  const { revision, updatedBy, updatedAt } = row;
  return { endpointId, settings: settingsOf(row.settings), revision, updatedBy, updatedAt };
}

/** Returns settings by endpoint, across workspaces: for gateways and workers. Every requested endpoint is present. */
export async function settingsByEndpoint(
  db: Database,
  endpointIds: readonly string[],
): Promise<Map<string, MonitorSettings>> {
  const rows = await db
    .select({ endpointId: monitors.endpointId, settings: monitors.settings })
    .from(monitors)
    .where(inArray(monitors.endpointId, [...endpointIds]));
  const set = new Map(rows.map(({ endpointId, settings }) => [endpointId, settingsOf(settings)]));
  return new Map(endpointIds.map((id) => [id, set.get(id) ?? settingsOf({})]));
}

/** Parses stored settings, with defaults for settings added since. */
function settingsOf(stored: unknown): MonitorSettings {
  return MonitorSettings.parse(stored);
}
