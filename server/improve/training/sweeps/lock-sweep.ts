import { and, eq } from "drizzle-orm";
import { trainingSweeps } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noSweep } from "./queries.ts";

/** Locks a sweep, so that its trials are submitted one after another. @throws DomainError "not-found" */
export async function lockSweep(ctx: Context, id: string): Promise<typeof trainingSweeps.$inferSelect> {
  const [sweep] = await ctx.db
    .select()
    .from(trainingSweeps)
    .where(and(eq(trainingSweeps.workspaceId, ctx.actor.workspaceId), eq(trainingSweeps.id, id)))
    .for("no key update");
  if (!sweep) throw noSweep();
  return sweep;
}
