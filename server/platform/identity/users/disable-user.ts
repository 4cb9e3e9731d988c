import { and, eq, isNull, sql } from "drizzle-orm";
import { memberships, sessions, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type Account, DisableUser } from "../contract.ts";
import { requireRemainingAdmin } from "../memberships/require-remaining-admin.ts";
import { endSessions } from "../sessions/end-sessions.ts";
import { ownUserId } from "../tokens/queries.ts";
import { revokeTokensOf } from "../tokens/revoke-tokens-of.ts";
import { firstWorkspaceId, requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { getAccount } from "./account-queries.ts";

/**
 * Disables an account in the whole installation: its sessions end immediately, and its tokens in every workspace are permanently revoked.
 * @throws DomainError "forbidden" for others than admins of the first workspace, "not-found", "conflict" for oneself, the last admin of the
 * first workspace, or an account that is disabled already.
 */
export async function disableUser(ctx: Context, input: DisableUser): Promise<Account> {
  permit(ctx, "disableUser");
  await requireInstanceAdmin(ctx);
  const { userId, reason } = DisableUser.parse(input);
  if ((await ownUserId(ctx)) === userId) {
    throw new DomainError("conflict", "You cannot disable your own account. Ask another admin.");
  }
  return transact(ctx, async (ctx) => {
    await requireRemainingAdmin(ctx, userId, await firstWorkspaceId(ctx));
    const { email } = await getAccount(ctx, userId);
    const now = new Date();
    const [disabled] = await ctx.db
      .update(users)
      .set({ disabledAt: now, sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(and(eq(users.id, userId), isNull(users.disabledAt)))
      .returning({ id: users.id });
    if (!disabled) throw new DomainError("conflict", `The account of ${email} is already disabled.`);
    // Everything that pages, mails or authenticates members asks for disabled memberships.
    await ctx.db
      .update(memberships)
      .set({ disabledAt: now, isDisabledByAccount: true })
      .where(and(eq(memberships.userId, userId), isNull(memberships.disabledAt)));
    await endSessions(ctx, eq(sessions.userId, userId), "account-disabled");
    const after = await revokeTokensOf(ctx, userId);
    await record(ctx, "user.disabled", { subject: `user/${email}`, after, reason });
    await publish(ctx, "settings", userId);
    return getAccount(ctx, userId);
  });
}
