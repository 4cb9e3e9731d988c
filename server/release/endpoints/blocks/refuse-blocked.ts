import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { blocksOf } from "./block-rows.ts";
import { liftBlock } from "./lift-block.ts";

interface Change {
  endpoint: { id: string; name: string };
  versionId: string;
  /** Whether the caller unblocks it under their own name. */
  overrides: boolean;
  reason: string;
}

/**
 * Rejects a version that is blocked at the endpoint because it was rolled back there; an override with a reason unblocks it. The caller
 * holds the endpoint's row.
 * @throws DomainError "conflict" when it is blocked; "invalid" for an override without a reason
 */
export async function refuseBlocked(ctx: Context, { endpoint, versionId, overrides, reason }: Change): Promise<void> {
  const block = (await blocksOf(ctx, endpoint.id)).find((each) => each.versionId === versionId);
  if (!block) return;
  const { model, version, blockedBy } = block;
  if (!overrides) {
    const why = block.reason ? ` (${block.reason.replace(/\.$/, "")})` : "";
    throw new DomainError(
      "conflict",
      `${model} version ${version} is blocked on "${endpoint.name}": ${blockedBy} rolled back from it${why}. Unblock it first, or set "overridesBlock" and give a reason.`,
      { field: "version" },
    );
  }
  if (reason === "") throw new DomainError("invalid", "Give a reason for unblocking the version.", { field: "reason" });
  await liftBlock(ctx, block, { endpoint: endpoint.name, reason });
}
