import { sql } from "drizzle-orm";
import { traceSpans, traces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockActiveExperiment } from "../experiments/lock-experiment.ts";
import type { NewSpan } from "./contract.ts";
import { nameTag, placeTags } from "./rows.ts";
import { storable } from "./storable.ts";

/** Postgres takes 65,535 parameters in one statement. */
const spansPerStatement = 1_000;
const maxPreviewCharacters = 1_000;
const excluded = (column: string) => sql.raw(`excluded.${column}`);

/**
 * Stores spans and, if they do not exist yet, their traces, as far as the spans describe them. A repeated span replaces the first, which
 * makes the operation idempotent.
 * @throws DomainError "not-found" for the experiment, "invalid" if it is deleted.
 */
export async function storeSpans(ctx: Context, experimentId: number, spans: readonly NewSpan[]): Promise<void> {
  permit(ctx, "storeSpans");
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.id}`, storable(span)]));
  // All callers use the same order, which prevents deadlocks between two batches.
  const unique = [...byId.keys()].sort().map((id) => byId.get(id) as NewSpan);
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    const { artifactLocation } = await lockActiveExperiment(ctx, experimentId, "share");
    const groups = [...Map.groupBy(unique, ({ traceId }) => traceId).values()];
    for (let at = 0; at < groups.length; at += spansPerStatement) {
      const rows = groups
        .slice(at, at + spansPerStatement)
        .map((group) => ({ ...traceOf(group, artifactLocation), workspaceId, experimentId }));
      await upsertTraces(ctx, rows);
    }
    for (let at = 0; at < unique.length; at += spansPerStatement) {
      const rows = unique.slice(at, at + spansPerStatement).map((span) => ({
        ...span,
        workspaceId,
        content: JSON.stringify(span.content),
      }));
      await upsertSpans(ctx, rows);
    }
    await publish(ctx, "experiment", String(experimentId));
  });
}

type TraceRow = typeof traces.$inferInsert;

/** Derives a trace from its spans. It is in progress until its root span has been received. */
function traceOf(spans: readonly NewSpan[], artifactLocation: string): Omit<TraceRow, "workspaceId" | "experimentId"> {
  const [first] = spans as [NewSpan, ...NewSpan[]];
  const root = spans.find(({ parentId }) => parentId === null);
  const start = spans.map((span) => span.startedAtNanoseconds).sort((a, b) => (a < b ? -1 : 1))[0] as bigint;
  const preview = (key: string) => root?.attributes[key]?.slice(0, maxPreviewCharacters);
  return {
    id: first.traceId,
    startedAt: Number(start / 1_000_000n),
    durationMs: root && Math.max(0, Number((root.endedAtNanoseconds - root.startedAtNanoseconds) / 1_000_000n)),
    state: root ? (root.status === "ERROR" ? "ERROR" : "OK") : "IN_PROGRESS",
    requestPreview: preview("mlflow.spanInputs"),
    responsePreview: preview("mlflow.spanOutputs"),
    metadata: { "mlflow.trace_schema.version": "3" },
    tags: { ...placeTags(artifactLocation, first.traceId), ...(root && { [nameTag]: root.name }) },
  };
}

/** Inserts traces, or adds to existing ones: values that the client sent for a trace take precedence over those of its spans. */
async function upsertTraces(ctx: Context, rows: TraceRow[]): Promise<void> {
  await ctx.db
    .insert(traces)
    .values(rows)
    .onConflictDoUpdate({
      target: [traces.workspaceId, traces.id],
      set: {
        startedAt: sql`least(${traces.startedAt}, ${excluded("started_at")})`,
        durationMs: sql`coalesce(${traces.durationMs}, ${excluded("duration_ms")})`,
        state: sql`case when ${traces.state} in ('OK', 'ERROR') then ${traces.state} else ${excluded("state")} end`,
        requestPreview: sql`coalesce(${traces.requestPreview}, ${excluded("request_preview")})`,
        responsePreview: sql`coalesce(${traces.responsePreview}, ${excluded("response_preview")})`,
        metadata: sql`${excluded("metadata")} || ${traces.metadata}`,
        tags: sql`${excluded("tags")} || ${traces.tags}`,
      },
    });
}

async function upsertSpans(ctx: Context, rows: (typeof traceSpans.$inferInsert)[]): Promise<void> {
  await ctx.db
    .insert(traceSpans)
    .values(rows)
    .onConflictDoUpdate({
      target: [traceSpans.workspaceId, traceSpans.traceId, traceSpans.id],
      set: {
        parentId: excluded("parent_id"),
        name: excluded("name"),
        type: excluded("type"),
        status: excluded("status"),
        startedAtNanoseconds: excluded("started_at_nanoseconds"),
        endedAtNanoseconds: excluded("ended_at_nanoseconds"),
        attributes: excluded("attributes"),
        content: excluded("content"),
      },
    });
}
