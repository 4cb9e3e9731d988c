import { and, eq, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit, requireScope } from "../../permissions/permit.ts";
import { RevokeToken, type Token } from "../contract.ts";
import { getToken, loadToken, ownUserId } from "./queries.ts";

/**
 * Revokes a token permanently, and with it every token created with it; every role rejects them within 3 s. Users revoke their own
 * tokens, admins any, with a token only if it may manage users.
 * @throws DomainError "not-found", "conflict" when it is revoked already.
 */
export async function revokeToken(ctx: Context, input: RevokeToken): Promise<Token> {
  permit(ctx, "revokeToken");
  const { tokenId, reason } = RevokeToken.parse(input);
  return transact(ctx, async (ctx) => {
    const { name, prefix, ownerName, ownerId } = await getToken(ctx, tokenId);
    if (ownerId !== (await ownUserId(ctx))) requireScope(ctx, "users");
    const [revoked] = await ctx.db
      .update(apiTokens)
      .set({ revokedAt: new Date() })
      .where(
        and(eq(apiTokens.id, tokenId), eq(apiTokens.workspaceId, ctx.actor.workspaceId), isNull(apiTokens.revokedAt)),
      )
      .returning({ id: apiTokens.id });
    if (!revoked) throw new DomainError("conflict", "This token has already been revoked.");
    await record(ctx, "token.revoked", { subject: `token/${prefix}`, before: { name, ownerName }, reason });
    await publish(ctx, "settings", tokenId);
    return loadToken(ctx, tokenId);
  });
}
