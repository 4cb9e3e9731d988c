import type { Context } from "#server/base/context.ts";
import { listTokens } from "#server/platform/identity/tokens/queries.ts";

/** Returns the name of the user's newest token that may log runs; undefined when there is none. */
export async function trackingToken(ctx: Context): Promise<string | undefined> {
  const { tokens } = await listTokens(ctx, { limit: 100 });
  const now = new Date();
  return tokens.find(
    ({ scopes, revokedAt, expiresAt }) =>
      scopes.includes("tracking") && revokedAt === null && (expiresAt === null || expiresAt > now),
  )?.name;
}
