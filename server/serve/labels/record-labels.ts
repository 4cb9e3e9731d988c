import { and, eq, inArray } from "drizzle-orm";
import { predictions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findLiveEndpoint } from "../endpoints/lookups.ts";
import { type RecordedLabels, RecordLabels } from "./contract.ts";
import { writeLabels } from "./write-labels.ts";

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
    const written = await writeLabels(ctx, {
      endpointId,
      source: "reported",
      labels: [...last.values()].map(({ requestId, label, observedAt = now }) => {
        return { requestId, label, observedAt, selection: "reported" as const };
      }),
    });
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
    return {
      recorded: last.size,
      ...written,
      unchanged: last.size - written.added - written.replaced,
      unknown: last.size - known.length,
    };
  });
}
