import { and, eq, sql } from "drizzle-orm";
import { deployments, endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LoadEndpoint } from "./input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "./lookups.ts";

/**
 * Lets gateways load what is deployed to an unloaded endpoint; a loaded one stays as it is.
 * @throws DomainError "not-found" also when nothing is deployed, "conflict" when archived
 */
export async function loadEndpoint(ctx: Context, input: LoadEndpoint): Promise<void> {
  permit(ctx, "loadEndpoint");
  const { endpointId } = LoadEndpoint.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, unloadedAt } = await findLiveEndpoint(ctx, endpointId);
    const ofEndpoint = and(eq(deployments.workspaceId, ctx.actor.workspaceId), eq(deployments.endpointId, endpointId));
    const [deployed] = await ctx.db.select({ id: deployments.id }).from(deployments).where(ofEndpoint).limit(1);
    if (!deployed) throw new DomainError("not-found", `Nothing is deployed to "${name}". Deploy a version first.`);
    if (!unloadedAt) return;
    const [changed] = await ctx.db
      .update(endpoints)
      .set({ unloadedAt: null, loadedAt: sql`now()` })
      .where(liveEndpoint(ctx, endpointId))
      .returning();
    if (!changed) throw archived(name);
    await record(ctx, "endpoint.loaded", { subject: `endpoint/${name}` });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
}
