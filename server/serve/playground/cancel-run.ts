import { and, eq, sql } from "drizzle-orm";
import { playgroundRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { PlaygroundRunId } from "./contract.ts";
import { requireOwn } from "./require-own.ts";
import { findRun, isRun } from "./run-rows.ts";

/**
 * Cancels one of the caller's runs in progress, or any run as an operator; its process notices within two seconds. A run that has
 * ended stays as it is.
 * @throws DomainError "not-found", "forbidden" for another user's run
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
