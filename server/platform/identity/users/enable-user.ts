import { and, eq, isNotNull } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type Account, EnableUser } from "../contract.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { getAccount } from "./account-queries.ts";

/**
 * Enables a disabled account, with its memberships of then. Revoked tokens stay revoked.
 * @throws DomainError "forbidden" for others than admins of the first workspace, "not-found", "conflict" if it is not disabled.
 */
export async function enableUser(ctx: Context, input: EnableUser): Promise<Account> {
  permit(ctx, "enableUser");
  await requireInstanceAdmin(ctx);
  const { userId } = EnableUser.parse(input);
  return transact(ctx, async (ctx) => {
    const { email } = await getAccount(ctx, userId);
    const [enabled] = await ctx.db
      .update(users)
      .set({ disabledAt: null })
      .where(and(eq(users.id, userId), isNotNull(users.disabledAt)))
      .returning({ id: users.id });
    if (!enabled) throw new DomainError("conflict", `The account of ${email} is not disabled.`);
    await ctx.db
      .update(memberships)
      .set({ disabledAt: null, isDisabledByAccount: false })
      .where(and(eq(memberships.userId, userId), eq(memberships.isDisabledByAccount, true)));
    await record(ctx, "user.enabled", { subject: `user/${email}` });
    await publish(ctx, "settings", userId);
    return getAccount(ctx, userId);
  });
}
