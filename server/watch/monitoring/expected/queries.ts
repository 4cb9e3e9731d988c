import { and, desc, eq, max, sql } from "drizzle-orm";
import { expectedDrifts, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { type ExpectedDrift, ListExpected } from "./contract.ts";
import { isInForce } from "./is-in-force.ts";

/** Lists all marks of an endpoint, newest first, including expired ones. @throws DomainError "not-found" */
export async function listExpected(ctx: Context, input: ListExpected): Promise<ExpectedDrift[]> {
  permit(ctx, "listExpected");
  const { endpointId } = ListExpected.parse(input);
  await findEndpointById(ctx, endpointId);
  return findExpected(ctx, endpointId, new Date());
}

/** Lists the marks as of a time; the caller has checked permissions. */
export async function findExpected(ctx: Context, endpointId: string, now: Date): Promise<ExpectedDrift[]> {
  const rows = await ctx.db
    .select()
    .from(expectedDrifts)
    .where(and(eq(expectedDrifts.workspaceId, ctx.actor.workspaceId), eq(expectedDrifts.endpointId, endpointId)))
    .orderBy(desc(expectedDrifts.at));
  if (rows.length === 0) return [];
  const referenceAt = await referenceSince(ctx, endpointId);
  return rows.map(({ workspaceId: _, ...row }) => ({ ...row, isInForce: isInForce(row, now, referenceAt) }));
}

/** Returns when the reference of the deployed version took effect; null when there is none. */
async function referenceSince(ctx: Context, endpointId: string): Promise<Date | null> {
  const deployed = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  if (!deployed) return null;
  const [row] = await ctx.db
    .select({ at: max(referenceProfiles.finishedAt) })
    .from(referenceProfiles)
    .where(
      and(
        eq(referenceProfiles.workspaceId, ctx.actor.workspaceId),
        eq(referenceProfiles.versionId, deployed.versionId),
        eq(referenceProfiles.state, "ready"),
        sql`${referenceProfiles.retiredAt} is null`,
      ),
    );
  return row?.at ?? null;
}
