import { endpoints } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { archived, findLiveEndpoint, liveEndpoint } from "../endpoints/lookups.ts";
import { CacheSettings, SetCache } from "./contract.ts";

/**
 * Replaces the caching and coalescing settings of an endpoint. Gateways follow within seconds.
 * @throws DomainError "not-found", "conflict" when archived
 */
export async function setCache(ctx: Context, input: SetCache): Promise<CacheSettings> {
  permit(ctx, "setCache");
  const { endpointId, cache } = SetCache.parse(input);
  await transact(ctx, async (ctx) => {
    const { name, cache: before } = await findLiveEndpoint(ctx, endpointId);
    const [changed] = await ctx.db.update(endpoints).set({ cache }).where(liveEndpoint(ctx, endpointId)).returning();
    if (!changed) throw archived(name);
    const change = { before: CacheSettings.parse(before), after: cache };
    await record(ctx, "endpoint.cache-set", { subject: `endpoint/${name}`, ...change });
    await publish(ctx, "routes", endpointId);
    await publish(ctx, "endpoint", endpointId);
  });
  return cache;
}
