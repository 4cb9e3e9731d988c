import { sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import { traces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import { maxValueLength, StoreTrace, type TraceInfo } from "./contract.ts";
import { loadTraces } from "./load-traces.ts";
import { noTrace, placeTags } from "./rows.ts";
import { storable } from "./storable.ts";
import { storeAssessments } from "./store-assessments.ts";

/**
 * Stores what a client says of a trace at its end, with the assessments made until then; spans come by storeSpans, before or after. Sent again
 * it changes nothing. What the client leaves out stays as the spans describe it.
 * @throws DomainError "not-found" for the experiment, "invalid" when it is deleted.
 */
export async function storeTrace(ctx: Context, input: StoreTrace): Promise<TraceInfo> {
  permit(ctx, "storeTrace");
  const { id, experimentId, metadata, tags, assessments, ...stored } = storable(StoreTrace.parse(input));
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
          durationMs: eitherOf("duration_ms", traces.durationMs),
          requestPreview: eitherOf("request_preview", traces.requestPreview),
          responsePreview: eitherOf("response_preview", traces.responsePreview),
          clientRequestId: eitherOf("client_request_id", traces.clientRequestId),
          state: sql`case when excluded.state = 'STATE_UNSPECIFIED' then ${traces.state} else excluded.state end`,
          metadata: sql`${traces.metadata} || excluded.metadata`,
          tags: sql`${traces.tags} || excluded.tags`,
        },
      });
    await storeAssessments(ctx, id, assessments);
    await publish(ctx, "experiment", String(experimentId));
  });
  const [trace] = await loadTraces(ctx, [id]);
  if (!trace) throw noTrace(id);
  return trace;
}

/** The new value of a column unless it is missing. */
function eitherOf(column: string, stored: PgColumn) {
  return sql`coalesce(excluded.${sql.identifier(column)}, ${stored})`;
}

function cut(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, value.slice(0, maxValueLength)]));
}
