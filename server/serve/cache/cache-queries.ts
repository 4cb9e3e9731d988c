import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { CacheSettings, GetCache } from "./contract.ts";

/** Returns an endpoint's settings for caching and coalescing. @throws DomainError "not-found" */
export async function getCache(ctx: Context, input: GetCache): Promise<CacheSettings> {
  permit(ctx, "getCache");
  const { cache } = await findEndpointById(ctx, GetCache.parse(input).endpointId);
  return CacheSettings.parse(cache);
}
