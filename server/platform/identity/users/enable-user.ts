import { and, eq, isNotNull } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { EnableUser, type User } from "../contract.ts";
import { getUser } from "./queries.ts";

/**
 * Enables a disabled user, with their former role. Revoked tokens stay revoked.
 * @throws DomainError "not-found", "conflict" if they are not disabled.
 */
export async function enableUser(ctx: Context, input: EnableUser): Promise<User> {
  permit(ctx, "enableUser");
  const { userId } = EnableUser.parse(input);
  return transact(ctx, async (ctx) => {
    const { email, role } = await getUser(ctx, userId);
    const [enabled] = await ctx.db
      .update(memberships)
      .set({ disabledAt: null })
      .where(
        and(
          eq(memberships.userId, userId),
          eq(memberships.workspaceId, ctx.actor.workspaceId),
          isNotNull(memberships.disabledAt),
        ),
      )
      .returning({ userId: memberships.userId });
    if (!enabled) throw new DomainError("conflict", `${email} is not disabled.`);
    await record(ctx, "user.enabled", { subject: `user/${email}`, after: { role } });
    await publish(ctx, "settings", userId);
    return getUser(ctx, userId);
  });
}
