import type { TrackingToken } from "#components/develop/tracking/experiments/first-run.tsx";
import type { Context } from "#server/base/context.ts";
import { listTokens } from "#server/platform/identity/tokens/queries.ts";

/** Returns the user's newest token that may log runs; undefined when there is none. */
export async function trackingToken(ctx: Context): Promise<TrackingToken | undefined> {
  const { tokens } = await listTokens(ctx, { limit: 100 });
  const now = new Date();
  const token = tokens.find(
    ({ scopes, revokedAt, expiresAt }) =>
      scopes.includes("tracking") && revokedAt === null && (expiresAt === null || expiresAt > now),
  );
  return token && { id: token.id, name: token.name, createdAt: token.createdAt.getTime() };
}
