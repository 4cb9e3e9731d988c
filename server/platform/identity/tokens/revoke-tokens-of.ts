import { and, eq, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/**
 * Revokes all tokens of a person, in every workspace, because their account may be in the wrong hands. The caller records and publishes it.
 * @returns the prefixes of the tokens in the caller's workspace, for its audit log, and the number of all.
 */
export async function revokeTokensOf(
  ctx: Context,
  userId: string,
): Promise<{ revokedTokens: string[]; revokedCount: number }> {
  const revoked = await ctx.db
    .update(apiTokens)
    .set({ revokedAt: new Date() })
    .where(and(eq(apiTokens.userId, userId), isNull(apiTokens.revokedAt)))
    .returning({ prefix: apiTokens.prefix, workspaceId: apiTokens.workspaceId });
  const own = revoked.filter(({ workspaceId }) => workspaceId === ctx.actor.workspaceId);
  return { revokedTokens: own.map(({ prefix }) => prefix), revokedCount: revoked.length };
}
