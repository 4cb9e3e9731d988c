import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import { storePart } from "./store-part.ts";

/** Formats one line of JSON that Postgres accepts: U+0000 and lone surrogates, which it rejects, are replaced. */
export function toLine(prediction: LoggedPrediction): string {
  return JSON.stringify(prediction).replaceAll(/\\u(?:0000|d[89a-f][0-9a-f]{2})/gi, "\\ufffd");
}

/**
 * Stores lines of `toLine`. Storing one twice is storing it once; one that Postgres refuses is dropped and named in the log: it may hold
 * data of a person, so nothing is set aside. @returns how many were dropped
 */
export async function storePredictions(db: Database, lines: readonly string[]): Promise<number> {
  const { rejected, reason } = await storePart(lines, (part) => insert(db, part));
  if (rejected.length > 0) log.error("prediction.dropped", { count: rejected.length, reason });
  return rejected.length;
}

async function insert(db: Database, lines: readonly string[]): Promise<void> {
  // Lines that a gateway of an earlier release left on disk have no values for newer columns. Before the first release, `loggedReason` was
  // `kept` and `outputIndex` was `answerIndex`; both old names can go with the release after it.
  await db.execute(sql`
    insert into predictions
      (id, workspace_id, endpoint_id, version_id, arm, at, request_id, status, error, provider, latency_ms, parts, batch_rows,
      source, logged_reason, caller, trace_id, answer, output_index, confidence, pipeline_digest, cascade, rollout, cost, game_day_id, event_at,
      features, inputs, outputs)
    select id, "workspaceId", "endpointId", "versionId", arm, at, "requestId", status, error, provider, "latencyMs",
      nullif(parts, 'null'), "batchRows", coalesce(source, 'model'),
      coalesce("loggedReason", kept, case when status = 200 then 'sampled' else 'failed' end), caller, "traceId", answer,
      coalesce("outputIndex", "answerIndex"),
      confidence, "pipelineDigest", nullif(cascade, 'null'), nullif(rollout, 'null'), cost, "gameDayId", "eventAt", nullif(features, 'null'), nullif(inputs, 'null'), nullif(outputs, 'null')
    from jsonb_to_recordset(${`[${lines.join(",")}]`}::jsonb) as given(id uuid, "workspaceId" uuid, "endpointId" uuid,
      "versionId" uuid, arm text, at timestamptz, "requestId" text, status int, error text, provider text,
      "latencyMs" real, parts jsonb, "batchRows" int, source text, "loggedReason" text, kept text, caller text, "traceId" text, answer text,
      "outputIndex" int, "answerIndex" int, confidence real, "pipelineDigest" text, cascade jsonb, rollout jsonb, cost double precision, "gameDayId" uuid, "eventAt" timestamptz,
      features jsonb, inputs jsonb, outputs jsonb)
    on conflict do nothing`);
}
