import { and, eq, sql } from "drizzle-orm";
import { playgroundRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { PlaygroundRunId } from "./contract.ts";
import { requireOwn } from "./require-own.ts";
import { findRun, isRun } from "./run-rows.ts";

/**
 * Ends a run of the caller's that goes on, or anybody's as an operator; its process notices within two seconds. One that has
 * ended stays as it is.
 * @throws DomainError "not-found", "forbidden" for somebody else's
 */
export async function cancelPlaygroundRun(ctx: Context, input: PlaygroundRunId): Promise<void> {
  permit(ctx, "cancelPlaygroundRun");
  const { id } = PlaygroundRunId.parse(input);
  requireOwn(ctx, await findRun(ctx, id));
  await ctx.db
    .update(playgroundRuns)
    .set({ state: "cancelled", endedAt: sql`now()` })
    .where(and(isRun(ctx, id), eq(playgroundRuns.state, "running")));
}
