import { and, eq, inArray } from "drizzle-orm";
import { endpoints } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { type Change, ListChanges } from "./contract.ts";
import { deploymentChanges } from "./deployment-changes.ts";
import { listRecordedChanges } from "./external-changes.ts";
import { recordedChanges } from "./recorded-changes.ts";
import { rolloutChanges } from "./rollout-changes.ts";

/** Time within which the end of a rollout and its deployment count as one change. */
const sameMomentMs = 2_000;

/**
 * Lists the changes at one endpoint, or at all that the caller may use, and those that affect all unless the caller is bound to some;
 * newest first.
 * @throws DomainError "not-found" for the endpoint, "invalid" when the range ends before it starts
 */
export async function listChanges(ctx: Context, input: ListChanges): Promise<Change[]> {
  permit(ctx, "listChanges");
  const { endpointId, from, to, limit } = ListChanges.parse(input);
  if (to < from) {
    throw new DomainError("invalid", "The end must be after the start.", { field: "to" });
  }
  const names = await endpointNames(ctx, endpointId);
  const span = { endpointIds: [...names.keys()], names, from, to, limit };
  const [deployed, rolled, recorded, external] = await sideBySide(ctx, [
    () => deploymentChanges(ctx, span),
    () => rolloutChanges(ctx, span),
    () => recordedChanges(ctx, span),
    () => listRecordedChanges(ctx, span),
  ]);
  const isReportedByRollout = (change: Change) =>
    rolled.some(
      ({ endpointId, kind, at, after }) =>
        endpointId === change.endpointId &&
        kind !== "freeze" &&
        after === change.after &&
        Math.abs(at.getTime() - change.at.getTime()) < sameMomentMs,
    );
  return [...deployed.filter((change) => !isReportedByRollout(change)), ...rolled, ...recorded, ...external]
    .sort((one, other) => other.at.getTime() - one.at.getTime())
    .slice(0, limit);
}

async function endpointNames(ctx: Context, endpointId: string | undefined): Promise<Map<string, string>> {
  if (endpointId !== undefined) {
    const { id, name } = await findEndpointById(ctx, endpointId);
    return new Map([[id, name]]);
  }
  const { workspaceId, endpoints: allowed } = ctx.actor;
  const rows = await ctx.db
    .select({ id: endpoints.id, name: endpoints.name })
    .from(endpoints)
    .where(and(eq(endpoints.workspaceId, workspaceId), allowed ? inArray(endpoints.name, [...allowed]) : undefined));
  return new Map(rows.map(({ id, name }) => [id, name]));
}
