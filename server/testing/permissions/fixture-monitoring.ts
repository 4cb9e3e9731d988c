import type { Context } from "#server/base/context.ts";
import { markExpected } from "#server/watch/monitoring/expected/mark-expected.ts";

/** Adds monitoring data to an endpoint: a mark that a feature's drift is expected. */
export async function watch(ctx: Context, endpointId: string, secret: string) {
  const { id: expectedMarkId } = await markExpected(ctx, { endpointId, feature: secret, reason: secret });
  return { expectedMarkId };
}
