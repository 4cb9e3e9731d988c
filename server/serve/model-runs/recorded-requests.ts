import { and, desc, eq, isNotNull, ne, type SQL, sql } from "drizzle-orm";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { isOutsideGameDays } from "../faults/outside-game-days.ts";

/** A served request, with what was stored of it. */
export interface RecordedRequest {
  id: string;
  at: Date;
  requestId: string;
  versionId: string;
  pipelineDigest: string | null;
  caller: string | null;
  answer: string | null;
  inputs: LoggedTensor[] | null;
  outputs: LoggedTensor[] | null;
}

/** Few enough that their tensors are no burden. */
const pageSize = 10;

/** Reads the newest successful requests of an endpoint that represent all of them, page by page. */
export async function* recordedRequests(
  ctx: Context,
  endpointId: string,
  most: number,
): AsyncGenerator<RecordedRequest> {
  let last: { at: Date; id: string } | undefined;
  for (let left = most; left > 0; ) {
    const page = await read(ctx, and(sampled(ctx, endpointId), last && before(last)), Math.min(left, pageSize));
    yield* page;
    last = page.at(-1);
    if (!last) return;
    left -= page.length;
  }
}

/** Returns the time of an endpoint's last recorded request; undefined without one. */
export async function lastRecorded(ctx: Context, endpointId: string): Promise<Date | undefined> {
  const [newest] = await ctx.db
    .select({ at: predictions.at })
    .from(predictions)
    .where(sampled(ctx, endpointId))
    .orderBy(desc(predictions.at))
    .limit(1);
  return newest?.at;
}

/** Returns the condition for sampled predictions, without those of a shadow, which no caller received, failures, and what a game day affected. */
function sampled(ctx: Context, endpointId: string): SQL | undefined {
  return and(
    eq(predictions.workspaceId, ctx.actor.workspaceId),
    eq(predictions.endpointId, endpointId),
    eq(predictions.loggedReason, "sampled"),
    eq(predictions.status, 200),
    ne(predictions.arm, "shadow"),
    isNotNull(predictions.inputs),
    isOutsideGameDays(),
  );
}

function before({ at, id }: { at: Date; id: string }): SQL {
  return sql`(${predictions.at}, ${predictions.id}) < (${at.toISOString()}::timestamptz, ${id}::uuid)`;
}

function read(ctx: Context, where: SQL | undefined, limit: number): Promise<RecordedRequest[]> {
  const { id, at, requestId, versionId, pipelineDigest, caller, answer: prediction, inputs, outputs } = predictions;
  return ctx.db
    .select({
      id,
      at,
      requestId,
      versionId,
      pipelineDigest,
      caller,
      answer: prediction,
      inputs: sql<LoggedTensor[] | null>`${inputs}`,
      outputs: sql<LoggedTensor[] | null>`${outputs}`,
    })
    .from(predictions)
    .where(where)
    .orderBy(desc(at), desc(id))
    .limit(limit);
}
