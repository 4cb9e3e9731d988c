import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { blocksOf } from "./block-rows.ts";
import { UnblockVersion } from "./contract.ts";
import { liftBlock } from "./lift-block.ts";

/**
 * Unblocks a version on an endpoint that was rolled back from it, so that it can be deployed and rolled out there again.
 * @throws DomainError "not-found"; "conflict" when the version is not blocked there, or the endpoint is archived
 */
export async function unblockVersion(ctx: Context, input: UnblockVersion): Promise<void> {
  permit(ctx, "unblockVersion");
  const { endpointId, model, version, reason } = UnblockVersion.parse(input);
  await transact(ctx, async (ctx) => {
    const { name } = await findLiveEndpoint(ctx, endpointId);
    const block = (await blocksOf(ctx, endpointId)).find((each) => each.model === model && each.version === version);
    if (!block) throw new DomainError("conflict", `${model} version ${version} is not blocked on "${name}".`);
    await liftBlock(ctx, block, { endpoint: name, reason });
  });
}
