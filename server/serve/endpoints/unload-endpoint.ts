import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { refuseWhileRollingOut } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { UnloadEndpoint } from "./input-contract.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "./lookups.ts";

/**
 * Removes an endpoint's versions from the gateways' memory until it is loaded or deployed to again; requests get 404 meanwhile.
 * @throws DomainError "not-found", "conflict" when archived, or while it has a rollout
 */
export async function unloadEndpoint(ctx: Context, input: UnloadEndpoint): Promise<void> {
  permit(ctx, "unloadEndpoint");
  const { endpointId, reason } = UnloadEndpoint.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, unloadedAt } = await findLiveEndpoint(ctx, endpointId);
    if (unloadedAt) return;
    const [changed] = await ctx.db
      .update(endpoints)
      .set({ unloadedAt: new Date() })
      .where(liveEndpoint(ctx, endpointId))
      .returning();
    if (!changed) throw archived(name);
    await refuseWhileRollingOut(ctx, endpointId, "unload");
    await record(ctx, "endpoint.unloaded", { subject: `endpoint/${name}`, reason });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
}
