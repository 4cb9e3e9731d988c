import { and, asc, eq, inArray } from "drizzle-orm";
import { webhookAttempts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { Attempt } from "./contract.ts";

/** Returns the attempts of deliveries, oldest first, by the id of their delivery. */
export async function attemptsOf(ctx: Context, ids: string[]): Promise<Map<string, Attempt[]>> {
  const rows = await ctx.db
    .select()
    .from(webhookAttempts)
    .where(and(eq(webhookAttempts.workspaceId, ctx.actor.workspaceId), inArray(webhookAttempts.deliveryId, ids)))
    .orderBy(asc(webhookAttempts.at));
  const tries = Map.groupBy(rows, ({ deliveryId }) => deliveryId);
  return new Map([...tries].map(([id, list]) => [id, list.map((row) => Attempt.parse(row))]));
}
