import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { loadTraces } from "#server/develop/tracking/traces/load-traces.ts";
import { listSpans } from "#server/develop/tracking/traces/queries.ts";
import type { TraceLine } from "../leeway/format.ts";

const perPage = 100;
/** Its value names a folder of this installation; storing the trace elsewhere sets it again. */
const placeTag = "mlflow.artifactLocation";

/** Yields traces of experiments that are not deleted, with their spans and assessments, in the order of their ids. */
export async function* traceLines(ctx: Context): AsyncGenerator<TraceLine> {
  for (let after = ""; ; ) {
    const { rows } = await ctx.db.execute<{ id: string }>(sql`
      select trace.id from traces as trace
      join experiments on experiments.workspace_id = trace.workspace_id and experiments.id = trace.experiment_id
      where trace.workspace_id = ${ctx.actor.workspaceId} and experiments.deleted_at is null and trace.id collate "C" > ${after}
      order by trace.id collate "C" limit ${perPage}`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    const spans = await listSpans(ctx, ids);
    for (const { tags, assessments, ...trace } of await loadTraces(ctx, ids)) {
      const { [placeTag]: _, ...kept } = tags;
      yield {
        ...trace,
        tags: kept,
        assessments: assessments.map(({ traceId, ...assessment }) => assessment),
        spans: (spans.get(trace.id) ?? []).map(({ workspaceId, traceId, content, ...span }) => ({
          ...span,
          startedAtNanoseconds: String(span.startedAtNanoseconds),
          endedAtNanoseconds: String(span.endedAtNanoseconds),
          content: JSON.parse(content),
        })),
      };
    }
    after = ids.at(-1) ?? "";
  }
}
