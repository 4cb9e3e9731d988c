import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { loadPolicy } from "../policy/queries.ts";
import { refuseIncomplete } from "../policy/refuse-incomplete.ts";
import { refuseProtected } from "../policy/refuse-protected.ts";
import { SetAlias } from "./contract.ts";
import { lockAlias, moveAlias } from "./move-alias.ts";

/**
 * Points an alias to a version, away from its previous target.
 * @throws DomainError "not-found"; "forbidden" for a protected alias, "invalid" for an operator who overrides the protection without a
 * reason.
 */
export async function setAlias(ctx: Context, input: SetAlias): Promise<void> {
  permit(ctx, "setAlias");
  const { name, version, alias, reason } = SetAlias.parse(input);
  await transact(ctx, async (ctx) => {
    const { modelId } = await findVersion(ctx, { name, version });
    const before = await lockAlias(ctx, modelId, alias);
    // Read under the lock: the version may have been deleted meanwhile.
    const { id } = await findVersion(ctx, { name, version });
    if (before?.id === id) return;
    const cause = await refuseProtected(ctx, { id: modelId, name }, alias, reason);
    const { policy } = await loadPolicy(ctx, modelId);
    if (cause === "direct" && policy.enforce.aliasMove === "metadata")
      await refuseIncomplete(ctx, { name, version }, policy);
    await moveAlias(ctx, { modelId, alias, to: { id, version }, cause, reason });
    await record(ctx, cause === "override" ? "alias.overridden" : "alias.set", {
      subject: `model/${name}`,
      before: before && { alias, version: before.version },
      after: { alias, version },
      reason,
    });
  });
}
