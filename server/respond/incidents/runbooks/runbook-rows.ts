import { and, eq } from "drizzle-orm";
import { runbooks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

export type StoredRunbook = typeof runbooks.$inferSelect;

/** Finds a runbook of this workspace, archived or not. @throws DomainError "not-found" */
export async function findRunbook(ctx: Context, runbookId: string): Promise<StoredRunbook> {
  const [row] = await ctx.db.select().from(runbooks).where(thisRunbook(ctx, runbookId));
  if (!row) throw new DomainError("not-found", "Runbook not found. See Incidents, Runbooks for a list.");
  return row;
}

/** Returns the condition that limits updates to this runbook in this workspace. */
export function thisRunbook(ctx: Context, runbookId: string) {
  return and(eq(runbooks.id, runbookId), eq(runbooks.workspaceId, ctx.actor.workspaceId));
}
