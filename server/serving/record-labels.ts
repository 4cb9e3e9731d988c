import { sql } from "drizzle-orm";
import { predictionLabels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import { RecordLabels } from "./input-contract.ts";
import { findLiveEndpoint } from "./lookups.ts";

/**
 * Keeps what turned out to be true, by request id. A later label of the same request replaces the earlier one.
 * Labels of requests that were not sampled are kept too: quality is counted from those that were.
 * @throws DomainError "not-found", "conflict" when the endpoint is archived
 */
export async function recordLabels(ctx: Context, input: RecordLabels): Promise<{ recorded: number }> {
  permit(ctx, "recordLabels");
  const { endpointId, labels } = RecordLabels.parse(input);
  const { workspaceId } = ctx.actor;
  // One request twice in a batch: the last one counts, and Postgres refuses to update a row twice.
  const last = new Map(labels.map((label) => [label.requestId, label]));
  await transact(ctx, async (ctx) => {
    await findLiveEndpoint(ctx, endpointId);
    const now = new Date();
    await ctx.db
      .insert(predictionLabels)
      .values(
        [...last.values()].map(({ observedAt = now, ...label }) => ({ workspaceId, endpointId, observedAt, ...label })),
      )
      .onConflictDoUpdate({
        target: [predictionLabels.endpointId, predictionLabels.requestId],
        set: { label: sql`excluded.label`, observedAt: sql`excluded.observed_at`, receivedAt: now },
      });
  });
  return { recorded: last.size };
}
