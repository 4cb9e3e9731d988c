import { and, eq, isNull, sql } from "drizzle-orm";
import { memberships } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { RemoveMembership } from "../contract.ts";
import { endSessionsWithoutWorkspace } from "../sessions/end-sessions.ts";
import { getUser } from "../users/queries.ts";
import { requireRemainingAdmin } from "./require-remaining-admin.ts";
import { revokeTokensHere } from "./revoke-tokens.ts";

/**
 * Removes a person from this workspace: they lose access to it immediately, and their tokens here are permanently revoked. What they
 * created stays, with their name. They can return by an invitation only.
 * @throws DomainError "not-found", "conflict" for the last admin.
 */
export async function removeMembership(ctx: Context, input: RemoveMembership): Promise<void> {
  permit(ctx, "removeMembership");
  const { userId, reason } = RemoveMembership.parse(input);
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await requireRemainingAdmin(ctx, userId);
    const { email, role } = await getUser(ctx, userId);
    const now = new Date();
    // Disabled too, because everything that pages, mails or authenticates members asks for that.
    await ctx.db
      .update(memberships)
      .set({ removedAt: now, disabledAt: sql`coalesce(${memberships.disabledAt}, ${now.toISOString()}::timestamptz)` })
      .where(
        and(eq(memberships.userId, userId), eq(memberships.workspaceId, workspaceId), isNull(memberships.removedAt)),
      );
    await endSessionsWithoutWorkspace(ctx, [userId], "membership-ended");
    const after = { revokedTokens: await revokeTokensHere(ctx, userId, now) };
    await record(ctx, "membership.removed", { subject: `user/${email}`, before: { role }, after, reason });
    await publish(ctx, "settings", userId);
  });
}
