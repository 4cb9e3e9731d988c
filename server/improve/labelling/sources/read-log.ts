import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowOf, rowsOf } from "#server/base/rows-of.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { LogPlace } from "./progress.ts";

/** Requests of one page, whose tensors take up to 64 KiB each. */
const pageRequests = 500;
/** Gateways report requests a moment after they ended. */
const settleSeconds = 60;

export const LoggedRequest = z.object({
  id: z.string(),
  /** Microseconds since 1970. */
  at: z.string(),
  requestId: z.string(),
  versionId: z.string(),
  answer: z.string().nullable(),
  confidence: z.number().nullable(),
  inputs: z.array(LoggedTensor).nullable(),
  outputs: z.array(LoggedTensor).nullable(),
});
export type LoggedRequest = z.infer<typeof LoggedRequest>;

const requestColumns = sql`id::text as id, (extract(epoch from at) * 1000000)::bigint::text as at, request_id as "requestId",
  version_id::text as "versionId", answer, confidence::float8 as confidence, inputs, outputs`;

/**
 * Reads sampled requests of an endpoint after a place in its log, oldest first: successful ones of the serving versions, which alone represent all
 * requests, and none that a game day affected. A row that cannot be read is passed over, so that it does not stop those behind it.
 * @returns the requests, the place after them, whether the end of the log was reached, and all that was read, null for nothing
 */
export async function readLog(ctx: Context, endpointId: string, after: LogPlace) {
  const result = await ctx.db.execute(sql`
    select ${requestColumns} from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
      and (at, id) > (to_timestamp(0) + ${after.at}::bigint * interval '1 microsecond', ${after.id}::uuid)
      and at < now() - make_interval(secs => ${settleSeconds})
      and logged_reason = 'sampled' and status = 200 and arm <> 'shadow' and ${isOutsideGameDays()}
    order by predictions.at, predictions.id limit ${pageRequests}`);
  const [first, last] = [result.rows[0], result.rows.at(-1)] as (LogPlace | undefined)[];
  const requests = result.rows.flatMap((row) => {
    const read = LoggedRequest.safeParse(row);
    return read.success && isOneRow(read.data) ? [read.data] : [];
  });
  return {
    requests,
    after: last ? { at: last.at, id: last.id } : after,
    isEnd: result.rows.length < pageRequests,
    page: first && last ? { from: toMs(first.at), until: toMs(last.at), requests: result.rows.length } : null,
  };
}

const toMs = (at: string) => Number(at) / 1000;

/** Finds the newest logged request with an id, of any version that served it; undefined without one of a single row. */
export async function findLogged(
  ctx: Context,
  endpointId: string,
  requestId: string,
): Promise<LoggedRequest | undefined> {
  const result = await ctx.db.execute(sql`
    select ${requestColumns} from predictions
    where workspace_id = ${ctx.actor.workspaceId} and request_id = ${requestId} and endpoint_id = ${endpointId}
      and status = 200 and arm <> 'shadow'
    order by predictions.at desc limit 1`);
  const [request] = rowsOf(LoggedRequest, result);
  return request && isOneRow(request) ? request : undefined;
}

/** A task is about one row. */
function isOneRow({ outputs, answer }: LoggedRequest): boolean {
  return outputs && outputs.length > 0 ? outputs.every(({ shape }) => (shape[0] ?? 1) === 1) : answer !== null;
}

const Sampled = z.object({ requests: z.number(), first: z.number().nullable() });

/** Counts sampled requests of the week that ended at a time. @returns their number, and the time of the first in milliseconds since 1970 */
export async function countSampled(ctx: Context, endpointId: string, until: Date): Promise<z.infer<typeof Sampled>> {
  const result = await ctx.db.execute(sql`
    select count(*) as requests, (extract(epoch from min(at)) * 1000)::float8 as first from predictions
    where workspace_id = ${ctx.actor.workspaceId} and endpoint_id = ${endpointId}
      and at >= ${until.toISOString()}::timestamptz - interval '7 days' and at < ${until.toISOString()}::timestamptz
      and logged_reason = 'sampled' and status = 200 and arm <> 'shadow' and ${isOutsideGameDays()}`);
  return rowOf(Sampled, result);
}

const OtherAnswers = z.object({ requestId: z.string(), answers: z.array(z.string()) });

/** Reads what other versions answered to requests: shadow copies, repeated requests, and the steps of a cascade. */
export async function readOtherAnswers(
  ctx: Context,
  endpointId: string,
  requests: readonly LoggedRequest[],
): Promise<Map<string, string[]>> {
  if (requests.length === 0) return new Map();
  const wanted = JSON.stringify(requests.map(({ requestId, versionId }) => ({ requestId, versionId })));
  const result = await ctx.db.execute(sql`
    with wanted as (select * from jsonb_to_recordset(${wanted}::jsonb) as one ("requestId" text, "versionId" uuid)),
    logged as (
      select wanted."requestId", wanted."versionId", other.version_id, other.answer, other.cascade
      from wanted join predictions as other on other.workspace_id = ${ctx.actor.workspaceId} and other.request_id = wanted."requestId"
      where other.endpoint_id = ${endpointId} and other.status = 200
    ), others as (
      select "requestId", answer from logged where version_id <> "versionId" and answer is not null
      union all
      select "requestId", step->>'answer' from logged, jsonb_array_elements(cascade) as step
      where jsonb_typeof(cascade) = 'array' and step->>'answer' is not null and step->>'versionId' <> "versionId"::text
    )
    select "requestId", array_agg(answer) as answers from others group by 1`);
  return new Map(rowsOf(OtherAnswers, result).map(({ requestId, answers }) => [requestId, answers]));
}
