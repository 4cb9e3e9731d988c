import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { KeyValue } from "../contract.ts";
import { touchLoggedModel } from "./lock-logged-model.ts";
import { checkParams, storeLoggedModelParams } from "./store-params.ts";

/** Adds params to a logged model. @throws DomainError "invalid" when one has another value already. */
export async function logLoggedModelParams(
  ctx: Context,
  input: { modelId: string; params: KeyValue[] },
): Promise<void> {
  permit(ctx, "logLoggedModelParams");
  checkParams(input.params);
  await transact(ctx, async (ctx) => {
    await touchLoggedModel(ctx, input.modelId);
    await storeLoggedModelParams(ctx, input.modelId, input.params);
  });
}
