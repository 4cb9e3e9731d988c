import { and, eq } from "drizzle-orm";
import { registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";

/**
 * Locks a registered model until the transaction ends: first, before any of its versions or aliases, so that two changes of one model take
 * turns instead of waiting for each other. A model that is gone is no problem here.
 */
export async function lockModel(ctx: Context, modelId: string): Promise<void> {
  noteLock(ctx, "registered model");
  await ctx.db
    .select({ id: registeredModels.id })
    .from(registeredModels)
    .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.id, modelId)))
    .for("update");
}
