import { and, eq, isNull } from "drizzle-orm";
import { loggedModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { holdToken, requireOwnModels } from "../runs/own-run.ts";

/** Returns the error for an unknown logged model. */
export function noLoggedModel(id: string): DomainError {
  return new DomainError("not-found", `Logged model with ID '${id}' not found.`);
}

/** Selects one logged model of the caller's workspace. */
export function thisLoggedModel(ctx: Context, id: string) {
  return and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), eq(loggedModels.id, id));
}

/**
 * Updates the time of a logged model, as the first statement of every transaction that writes to it, and makes other writers wait. Outside of
 * one, the token of a training job could end in between.
 * @param change further changes. @throws DomainError "not-found", also if it is deleted.
 */
export async function touchLoggedModel(
  ctx: Context,
  id: string,
  change: Partial<typeof loggedModels.$inferInsert> = {},
): Promise<void> {
  await holdToken(ctx);
  await requireOwnModels(ctx, [id]);
  noteLock(ctx, "logged model");
  const touched = await ctx.db
    .update(loggedModels)
    .set({ updatedAt: Date.now(), ...change })
    .where(and(thisLoggedModel(ctx, id), isNull(loggedModels.deletedAt)))
    .returning({ id: loggedModels.id });
  if (touched.length === 0) throw noLoggedModel(id);
}
