import { type Context, transact } from "#server/base/context.ts";
import { permit } from "../../permissions/permit.ts";
import { RemoveSecondFactor } from "./contract.ts";
import { deleteSecondFactor } from "./delete-second-factor.ts";
import { requireCurrentPassword } from "./require-current-password.ts";
import { verifySecondFactor } from "./verify-second-factor.ts";

/**
 * Removes the caller's own second factor; password and code show that it is they.
 * @throws DomainError as requireCurrentPassword and verifySecondFactor do, "conflict" without a second factor.
 */
export async function removeSecondFactor(ctx: Context, input: RemoveSecondFactor): Promise<void> {
  permit(ctx, "removeSecondFactor");
  const { currentPassword, code } = RemoveSecondFactor.parse(input);
  const { userId, email } = await requireCurrentPassword(ctx, currentPassword);
  await verifySecondFactor(ctx.db, userId, code);
  await transact(ctx, (ctx) => deleteSecondFactor(ctx, { id: userId, email }));
}
