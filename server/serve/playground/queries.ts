import { and, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { playgroundRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { permitAnyEndpoint } from "../endpoints/permit-endpoint.ts";
import { Explanation } from "../explain/contract.ts";
import { ListPlaygroundRuns, type PlaygroundRun, PlaygroundRunId, type PlaygroundRunSummary } from "./contract.ts";
import { describeLost, isLost } from "./lost-runs.ts";
import { findRun } from "./run-rows.ts";

type Row = typeof playgroundRuns.$inferSelect;

/**
 * Lists the workspace's playground runs, newest first; explanations are listed with the run that they explain.
 * @returns `next`, the cursor of the following page; undefined at the end.
 */
export async function listPlaygroundRuns(
  ctx: Context,
  input: ListPlaygroundRuns = {},
): Promise<{ runs: PlaygroundRunSummary[]; next?: string }> {
  permit(ctx, "listPlaygroundRuns");
  permitAnyEndpoint(ctx, "see what was run outside of them");
  const { model, limit, cursor } = ListPlaygroundRuns.parse(input);
  const { request: _request, result: _result, requestDigest: _digest, ...columns } = tableColumns();
  const rows = await ctx.db
    .select(columns)
    .from(playgroundRuns)
    .where(
      and(
        eq(playgroundRuns.workspaceId, ctx.actor.workspaceId),
        isNull(playgroundRuns.parentId),
        model === undefined ? undefined : eq(playgroundRuns.modelName, model),
        cursor === undefined ? undefined : before(cursor),
      ),
    )
    .orderBy(desc(startedMs), desc(playgroundRuns.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const now = new Date();
  const runs = page.map((row) => summaryOf(row, now));
  return rows.length > limit && last ? { runs, next: `${last.startedAt.toISOString()}_${last.id}` } : { runs };
}

/** Returns one run with its request, its predictions and its explanations. @throws DomainError "not-found" */
export async function getPlaygroundRun(ctx: Context, input: PlaygroundRunId): Promise<PlaygroundRun> {
  permit(ctx, "getPlaygroundRun");
  permitAnyEndpoint(ctx, "see what was run outside of them");
  const { id } = PlaygroundRunId.parse(input);
  const row = await findRun(ctx, id);
  const children = await ctx.db
    .select()
    .from(playgroundRuns)
    .where(and(eq(playgroundRuns.workspaceId, ctx.actor.workspaceId), eq(playgroundRuns.parentId, id)))
    .orderBy(playgroundRuns.startedAt);
  const now = new Date();
  const { request, requestBytes, requestDigest, result } = row;
  return {
    ...summaryOf(row, now),
    request,
    requestBytes,
    requestDigest,
    result,
    explanations: children.map((child) => ({
      id: child.id,
      state: summaryOf(child, now).state,
      sides: child.sides,
      explanation: Explanation.safeParse(child.result).data ?? null,
    })),
  };
}

function tableColumns() {
  const { id, parentId, kind, state, modelName, sides, request, requestDigest, result } = playgroundRuns;
  const { problem, words, done, total, startedBy, startedById, startedAt, heartbeatAt, endedAt } = playgroundRuns;
  const summary = { id, parentId, kind, state, modelName, sides, problem, words, done, total };
  return { ...summary, startedBy, startedById, startedAt, heartbeatAt, endedAt, request, requestDigest, result };
}

/** Builds the summary of a run. @param now distinguishes an active run from one whose process is gone */
function summaryOf(
  row: Omit<Row, "workspaceId" | "request" | "requestBytes" | "requestDigest" | "result">,
  now: Date,
): PlaygroundRunSummary {
  const {
    id,
    parentId,
    kind,
    state,
    modelName,
    sides,
    problem,
    words,
    done,
    total,
    startedBy,
    startedById,
    startedAt,
    endedAt,
  } = row;
  const summary = {
    id,
    parentId,
    kind,
    state,
    modelName,
    words,
    done,
    total,
    startedBy,
    startedById,
    startedAt,
    endedAt,
    problem,
  };
  const lost = isLost(row, now) ? { state: "failed" as const, problem: describeLost(kind) } : {};
  return { ...summary, sides, ...lost };
}

/** Times are stored in microseconds and a cursor has milliseconds: rows are ordered and compared by milliseconds. */
const startedMs = sql`date_trunc('milliseconds', ${playgroundRuns.startedAt})`;

function before(cursor: string): SQL {
  const [, at, id] = /^([0-9TZ:.-]{20,30})_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (!at || !id) throw new DomainError("invalid", 'Invalid cursor. Use the "next" value of a previous page.');
  return sql`(${startedMs}, ${playgroundRuns.id}) < (${at}::timestamptz, ${id}::uuid)`;
}
