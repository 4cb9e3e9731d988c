import { and, asc, eq, gte, inArray, lte } from "drizzle-orm";
import { modelVersions, rolloutDecisions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { ListRolloutMarkers, markedKinds, type RolloutMarker } from "./contract.ts";

const most = 200;

/** Lists the changes that rollouts made to an endpoint's traffic in a time range, in time order. @throws DomainError "not-found" */
export async function listRolloutMarkers(ctx: Context, input: ListRolloutMarkers): Promise<RolloutMarker[]> {
  permit(ctx, "listRollouts");
  const { endpointId, from, to } = ListRolloutMarkers.parse(input);
  await findEndpointById(ctx, endpointId);
  const rows = await ctx.db
    .select({
      rolloutId: rollouts.id,
      kind: rolloutDecisions.kind,
      weight: rolloutDecisions.weight,
      at: rolloutDecisions.at,
      version: modelVersions.version,
    })
    .from(rolloutDecisions)
    .innerJoin(rollouts, eq(rollouts.id, rolloutDecisions.rolloutId))
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .where(
      and(
        eq(rolloutDecisions.workspaceId, ctx.actor.workspaceId),
        eq(rollouts.endpointId, endpointId),
        inArray(rolloutDecisions.kind, [...markedKinds]),
        gte(rolloutDecisions.at, from),
        lte(rolloutDecisions.at, to),
      ),
    )
    .orderBy(asc(rolloutDecisions.id))
    .limit(most);
  return rows.map((row) => ({ ...row, kind: row.kind as RolloutMarker["kind"] }));
}
