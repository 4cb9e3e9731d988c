import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { LabelledPrediction } from "./contract.ts";
import type { PredictionReader } from "./prediction-reader.ts";

const pageRows = 4000;

interface Row {
  [column: string]: unknown;
  id: string;
  at: string;
  requestId: string;
  answeredAt: number;
  versionId: string;
  arm: LabelledPrediction["arm"];
  outputs: LoggedTensor[] | null;
  answer: string | null;
  outputIndex: number | null;
  confidence: number | null;
  label: string | null;
  lagMs: number | null;
  replaced: number | null;
  tags: Record<string, unknown> | null;
}

interface Requested {
  endpointId: string;
  /** Start of the hour, in milliseconds since 1970. */
  hour: number;
  /** Names of the inputs whose values are segments. */
  tagNames: readonly string[];
}

/**
 * Yields a representative sample of an hour's predictions: sampled requests with a response. Page by page, since a busy hour does not fit
 * into memory. Only requests with a single row can have a label, which belongs to the first request with its id.
 */
export async function* readPredictions(
  ctx: Context,
  request: Requested,
  reader: PredictionReader,
): AsyncGenerator<LabelledPrediction[]> {
  let after: { at: string; id: string } | undefined;
  const labelled = new Set<string>();
  for (;;) {
    const rows = await readPage(ctx, request, after);
    const predictions: LabelledPrediction[] = [];
    for (const row of rows) {
      const labelKey = `${row.arm === "shadow"} ${row.requestId}`;
      // Gateways do not know of each other's requests, so several of them may have logged one under the same id.
      const label = labelled.has(labelKey) ? null : row.label;
      if (label !== null) labelled.add(labelKey);
      const replaced = label === null ? null : row.replaced;
      predictions.push(await reader.read(ctx, { ...row, label, replaced, segments: segmentsOf(row.tags) }));
    }
    yield predictions;
    after = rows.at(-1);
    if (rows.length < pageRows) return;
  }
}

async function readPage(
  ctx: Context,
  { endpointId, hour, tagNames }: Requested,
  after: { at: string; id: string } | undefined,
): Promise<Row[]> {
  const instant = (at: number) => sql`${new Date(at).toISOString()}::timestamptz`;
  const names = JSON.stringify(tagNames);
  const tags =
    tagNames.length === 0
      ? sql`null::jsonb`
      : sql`(select jsonb_object_agg(tensor->>'name', tensor->'data'->0) from jsonb_array_elements(logged.inputs) as tensor
          where ${names}::jsonb ? (tensor->>'name') and jsonb_typeof(tensor->'data') = 'array')`;
  const { rows } = await ctx.db.execute<Row>(sql`
    select logged.id, logged.at::text as at, logged.request_id as "requestId", (extract(epoch from logged.at) * 1000)::float8 as "answeredAt", logged.version_id as "versionId", logged.arm, logged.outputs, logged.answer,
      logged.output_index as "outputIndex", logged.confidence::float8 as confidence, label.label, label.replaced,
      (extract(epoch from label.received_at - logged.at) * 1000)::float8 as "lagMs", ${tags} as tags
    from predictions as logged
    left join prediction_labels as label on label.endpoint_id = logged.endpoint_id and label.request_id = logged.request_id
      and label.workspace_id = logged.workspace_id and ${isRepresentative(sql`label.selection`)}
    where logged.workspace_id = ${ctx.actor.workspaceId} and logged.endpoint_id = ${endpointId}
      and logged.at >= ${instant(hour)} and logged.at < ${instant(hour + hourMs)}
      and logged.logged_reason = 'sampled' and logged.status = 200 and ${isOutsideGameDays("logged")}
      ${after ? sql`and (logged.at, logged.id) > (${after.at}::timestamptz, ${after.id}::uuid)` : sql``}
    order by logged.at, logged.id limit ${pageRows}`);
  return rows;
}

function segmentsOf(tags: Record<string, unknown> | null): string[] {
  return Object.entries(tags ?? {})
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${String(value).slice(0, 200)}`);
}
