import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel } from "../lookups.ts";
import { refuseProtected } from "../policy/refuse-protected.ts";
import { DeleteAlias } from "./contract.ts";
import { lockAlias, moveAlias } from "./move-alias.ts";

/**
 * Takes an alias away; one that is not there is fine.
 * @throws DomainError "not-found" for the model; for an alias that is protected as setAlias does.
 */
export async function deleteAlias(ctx: Context, input: DeleteAlias): Promise<void> {
  permit(ctx, "deleteAlias");
  const { name, alias, reason } = DeleteAlias.parse(input);
  await transact(ctx, async (ctx) => {
    const { id: modelId } = await findModel(ctx, name);
    const before = await lockAlias(ctx, modelId, alias);
    if (!before) return;
    const cause = await refuseProtected(ctx, { id: modelId, name }, alias, reason);
    await moveAlias(ctx, { modelId, alias, to: null, cause, reason });
    await record(ctx, cause === "override" ? "alias.overridden" : "alias.deleted", {
      subject: `model/${name}`,
      before: { alias, version: before.version },
      reason,
    });
  });
}
