import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { blocksOf } from "./block-rows.ts";
import { ListVersionBlocks, type VersionBlock } from "./contract.ts";

/** Lists the versions that are blocked on an endpoint, newest first. @throws DomainError "not-found" */
export async function listVersionBlocks(ctx: Context, input: ListVersionBlocks): Promise<VersionBlock[]> {
  permit(ctx, "listVersionBlocks");
  const { endpointId } = ListVersionBlocks.parse(input);
  await findEndpointById(ctx, endpointId);
  return blocksOf(ctx, endpointId);
}
