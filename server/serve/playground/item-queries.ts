import { and, eq } from "drizzle-orm";
import { playgroundItems } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import { type BatchItem, PlaygroundRunId } from "./contract.ts";
import { findRun } from "./run-rows.ts";

/** Items of a batch that were run, in their order, all of them: a batch is bounded. @throws DomainError "not-found" */
export async function listBatchItems(ctx: Context, input: PlaygroundRunId): Promise<BatchItem[]> {
  permit(ctx, "getPlaygroundRun");
  permitAnyEndpoint(ctx, "see what was run outside of them");
  const { id } = PlaygroundRunId.parse(input);
  await findRun(ctx, id);
  const rows = await ctx.db
    .select({ place: playgroundItems.place, name: playgroundItems.name, result: playgroundItems.result })
    .from(playgroundItems)
    .where(and(eq(playgroundItems.workspaceId, ctx.actor.workspaceId), eq(playgroundItems.runId, id)))
    .orderBy(playgroundItems.place);
  return rows;
}
