import { and, eq, inArray, ne, sql } from "drizzle-orm";
import { predictionLabels, predictions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "../endpoints/lookups.ts";
import { type RecordedLabels, RecordLabels } from "./contract.ts";

/**
 * Stores labels by request id. The same value again has no effect; a different one replaces the earlier one. Labels whose request is
 * not in the log are stored too: it may still be on its way there from a gateway, or was not sampled.
 * @throws DomainError "not-found", "conflict" when the endpoint is archived
 */
export async function recordLabels(ctx: Context, input: RecordLabels): Promise<RecordedLabels> {
  permit(ctx, "recordLabels");
  const { endpointId, labels } = RecordLabels.parse(input);
  const { workspaceId } = ctx.actor;
  // If a request occurs twice in a batch, the last one counts, since Postgres rejects updating a row twice.
  const last = new Map(labels.map((label) => [label.requestId, label]));
  const requestIds = [...last.keys()];
  return transact(ctx, async (ctx) => {
    await findLiveEndpoint(ctx, endpointId);
    const now = new Date();
    // The database's clock, by which the worker finds labels that are new.
    const receivedAt = sql<Date>`clock_timestamp()`;
    const changed = await ctx.db
      .insert(predictionLabels)
      .values(
        // In a fixed order, so that two batches with the same requests wait for each other instead of deadlocking.
        requestIds.toSorted().map((requestId) => {
          const { observedAt = now, label } = last.get(requestId) as (typeof labels)[number];
          return { workspaceId, endpointId, requestId, label, observedAt, receivedAt };
        }),
      )
      .onConflictDoUpdate({
        target: [predictionLabels.endpointId, predictionLabels.requestId],
        set: {
          label: sql`excluded.label`,
          observedAt: sql`excluded.observed_at`,
          receivedAt,
          replaced: sql`${predictionLabels.replaced} + 1`,
        },
        setWhere: ne(predictionLabels.label, sql`excluded.label`),
      })
      .returning({ replaced: predictionLabels.replaced });
    const known = await ctx.db
      .selectDistinct({ requestId: predictions.requestId })
      .from(predictions)
      .where(
        and(
          eq(predictions.workspaceId, workspaceId),
          eq(predictions.endpointId, endpointId),
          inArray(predictions.requestId, requestIds),
        ),
      );
    const replaced = changed.filter((row) => row.replaced > 0).length;
    return {
      recorded: last.size,
      added: changed.length - replaced,
      unchanged: last.size - changed.length,
      replaced,
      unknown: last.size - known.length,
    };
  });
}
