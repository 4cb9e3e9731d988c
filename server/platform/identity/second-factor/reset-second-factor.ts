import { eq } from "drizzle-orm";
import { users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "../../permissions/permit.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { ResetSecondFactor } from "./contract.ts";
import { deleteSecondFactor } from "./delete-second-factor.ts";

/**
 * Removes the second factor of a person who has lost phone and recovery codes. Accounts belong to the installation, so only its admins may.
 * @throws DomainError "forbidden", "not-found", "conflict" without a second factor.
 */
export async function resetSecondFactor(ctx: Context, input: ResetSecondFactor): Promise<void> {
  permit(ctx, "resetSecondFactor");
  const { userId, reason } = ResetSecondFactor.parse(input);
  await requireInstanceAdmin(ctx);
  await transact(ctx, async (ctx) => {
    const [user] = await ctx.db.select({ id: users.id, email: users.email }).from(users).where(eq(users.id, userId));
    if (!user) throw new DomainError("not-found", "Person not found. See Settings, People for a list.");
    await deleteSecondFactor(ctx, user, reason);
  });
}
