import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { monitors } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { MonitorSettings } from "../contract.ts";
import { GetMonitor, type Monitor } from "./contract.ts";

/** How an endpoint is watched; by the defaults where nobody said otherwise. @throws DomainError "not-found" */
export async function getMonitor(ctx: Context, input: GetMonitor): Promise<Monitor> {
  permit(ctx, "getMonitor");
  const { endpointId } = GetMonitor.parse(input);
  await findEndpointById(ctx, endpointId);
  return findMonitor(ctx, endpointId);
}

/** The same, for who was let in already and knows that the endpoint is of this workspace. */
export async function findMonitor(ctx: Context, endpointId: string): Promise<Monitor> {
  const [row] = await ctx.db
    .select()
    .from(monitors)
    .where(and(eq(monitors.workspaceId, ctx.actor.workspaceId), eq(monitors.endpointId, endpointId)));
  if (!row) return { endpointId, settings: settingsOf({}), revision: 0, updatedBy: null, updatedAt: null };
  const { revision, updatedBy, updatedAt } = row;
  return { endpointId, settings: settingsOf(row.settings), revision, updatedBy, updatedAt };
}

/** Settings by endpoint, of whatever workspace: for gateways and workers. Each endpoint that is asked for has its own. */
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

/** What is stored, with what was added to the settings since at its default. */
function settingsOf(stored: unknown): MonitorSettings {
  return MonitorSettings.parse(stored);
}
