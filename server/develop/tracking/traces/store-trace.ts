import { sql } from "drizzle-orm";
import { traces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { maxValueLength, StoreTrace, type TraceInfo } from "./contract.ts";
import { loadTraces } from "./load-traces.ts";
import { noTrace, placeTags } from "./rows.ts";
import { storable } from "./storable.ts";

/**
 * Stores what a client says of a trace at its end; spans come by storeSpans, before or after. Sent again it changes nothing.
 * @throws DomainError "not-found" for the experiment, "invalid" when it is deleted.
 */
export async function storeTrace(ctx: Context, input: StoreTrace): Promise<TraceInfo> {
  permit(ctx, "storeTrace");
  const { id, experimentId, metadata, tags, ...stored } = storable(StoreTrace.parse(input));
  await transact(ctx, async (ctx) => {
    const { artifactLocation } = await lockActiveExperiment(ctx, experimentId, "share");
    const row = {
      ...stored,
      experimentId,
      metadata: cut({ ...metadata, "mlflow.trace.infoFinalized": "true" }),
      tags: { ...placeTags(artifactLocation, id), ...cut(tags) },
    };
    await ctx.db
      .insert(traces)
      .values({ ...row, workspaceId: ctx.actor.workspaceId, id })
      .onConflictDoUpdate({
        target: [traces.workspaceId, traces.id],
        set: {
          ...row,
          metadata: sql`${traces.metadata} || excluded.metadata`,
          tags: sql`${traces.tags} || excluded.tags`,
        },
      });
    await publish(ctx, "experiment", String(experimentId));
  });
  const [trace] = await loadTraces(ctx, [id]);
  if (!trace) throw noTrace(id);
  return trace;
}

function cut(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, value.slice(0, maxValueLength)]));
}
