import { and, eq, isNull } from "drizzle-orm";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permitEndpoint } from "./permit-endpoint.ts";

type EndpointRow = typeof endpoints.$inferSelect;

/**
 * Finds an endpoint of this workspace by its name, archived or not. For transports, whose addresses contain names.
 * @throws DomainError "not-found"
 */
export async function findEndpoint(ctx: Context, name: string): Promise<EndpointRow> {
  permitEndpoint(ctx, name);
  const [row] = await ctx.db
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.name, name)));
  if (!row) throw noEndpoint(`named "${name}"`);
  return row;
}

/** Finds an endpoint of this workspace, archived or not. @throws DomainError "not-found" */
export async function findEndpointById(ctx: Context, endpointId: string): Promise<EndpointRow> {
  const [row] = await ctx.db
    .select()
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, ctx.actor.workspaceId), eq(endpoints.id, endpointId)));
  if (!row) throw noEndpoint("with this ID");
  permitEndpoint(ctx, row.name);
  return row;
}

/**
 * Requires access to an endpoint by its ID, for queries that need nothing else of it: costs a query only for callers bound to endpoints.
 * @throws DomainError "forbidden"; "not-found" for callers bound to endpoints
 */
export async function permitEndpointById(ctx: Context, endpointId: string): Promise<void> {
  if (ctx.actor.endpoints !== undefined) await findEndpointById(ctx, endpointId);
}

/** Finds an endpoint of this workspace that is not archived. @throws DomainError "not-found", "conflict" when it is archived */
export async function findLiveEndpoint(ctx: Context, endpointId: string): Promise<EndpointRow> {
  const row = await findEndpointById(ctx, endpointId);
  if (row.archivedAt) throw archived(row.name);
  return row;
}

/** Returns the condition that guards updates: this endpoint, of this workspace, not archived. */
export function liveEndpoint(ctx: Context, endpointId: string) {
  return and(
    eq(endpoints.workspaceId, ctx.actor.workspaceId),
    eq(endpoints.id, endpointId),
    isNull(endpoints.archivedAt),
  );
}

export function archived(name: string): DomainError {
  return new DomainError("conflict", `The endpoint "${name}" is archived. Create a new one.`);
}

function noEndpoint(what: string): DomainError {
  return new DomainError("not-found", `Endpoint ${what} not found. See Endpoints for a list.`);
}
