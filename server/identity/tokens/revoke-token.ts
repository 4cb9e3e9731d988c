import { and, eq, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";
import { record } from "#server/audit/record.ts";
import { type Context, transact } from "#server/context.ts";
import { DomainError } from "#server/errors.ts";
import { publish } from "#server/events/publish.ts";
import { RevokeToken, type Token } from "../contract.ts";
import { permit } from "../permit.ts";
import { getToken } from "./queries.ts";

/**
 * Ends a token for good; every role refuses it within 5 s. One's own, or anybody's for an admin.
 * @throws DomainError "not-found", "conflict" when it is revoked already.
 */
export async function revokeToken(ctx: Context, input: RevokeToken): Promise<Token> {
  permit(ctx, "revokeToken");
  const { tokenId, reason } = RevokeToken.parse(input);
  return transact(ctx, async (ctx) => {
    const { name, prefix, ownerName } = await getToken(ctx, tokenId);
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
    return getToken(ctx, tokenId);
  });
}
