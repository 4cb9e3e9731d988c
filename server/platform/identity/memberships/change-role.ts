import { and, eq } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { ChangeRole, type User } from "../contract.ts";
import { getUser } from "../users/queries.ts";
import { requireRemainingAdmin } from "./require-remaining-admin.ts";

/**
 * Changes a user's role, for their sessions immediately and for their tokens within 5 s.
 * @throws DomainError "not-found", "conflict" for the last admin.
 */
export async function changeRole(ctx: Context, input: ChangeRole): Promise<User> {
  permit(ctx, "changeRole");
  const { userId, role } = ChangeRole.parse(input);
  return transact(ctx, async (ctx) => {
    if (role !== "admin") await requireRemainingAdmin(ctx, userId);
    const before = await getUser(ctx, userId);
    if (before.role === role) return before;
    await ctx.db
      .update(memberships)
      .set({ role })
      .where(and(eq(memberships.userId, userId), eq(memberships.workspaceId, ctx.actor.workspaceId)));
    const subject = `user/${before.email}`;
    await record(ctx, "user.role-changed", { subject, before: { role: before.role }, after: { role } });
    await publish(ctx, "settings", userId);
    return { ...before, role };
  });
}
