import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { mayUse, permitEndpoint } from "../endpoints/permit-endpoint.ts";
import { type AddressedVersion, addressedVersion, testedVersion } from "./addressed-version.ts";
import type { Route } from "./routes.ts";
import type { RoutingTable, ServedEndpoint } from "./routing-table.ts";

/** Lists the endpoints that the caller may use: those in memory by name, and unloaded ones. @throws DomainError "forbidden" */
export function callersEndpoints(ctx: Context, table: RoutingTable): { served: ServedEndpoint[]; unloaded: Route[] } {
  permit(ctx, "infer");
  const { served, unloaded } = table.of(ctx.actor.workspaceId);
  return {
    served: served.filter(({ route }) => mayUse(ctx, route.name)),
    unloaded: unloaded.filter(({ name }) => mayUse(ctx, name)),
  };
}

/**
 * Returns the serving version of an endpoint in the caller's workspace, or the one with the number in the path; for a load
 * test, the tested one.
 * @throws DomainError "forbidden", "not-found" also for a version that is not served
 */
export function callersVersion(ctx: Context, table: RoutingTable, name: string, number?: string): AddressedVersion {
  permit(ctx, "infer");
  permitEndpoint(ctx, name);
  const endpoint = table.find(ctx.actor.workspaceId, name);
  const { loadTest } = ctx.actor;
  if (endpoint) return loadTest ? testedVersion(endpoint, loadTest.versionId) : addressedVersion(endpoint, number);
  const isUnloaded = table.of(ctx.actor.workspaceId).unloaded.some((route) => route.name === name);
  const why = isUnloaded
    ? `The model '${name}' was unloaded.`
    : `Model '${name}' does not exist or nothing is deployed to it.`;
  throw new DomainError("not-found", why);
}
