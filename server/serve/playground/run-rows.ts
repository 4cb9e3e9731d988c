import { createHash } from "node:crypto";
import { and, eq, sql } from "drizzle-orm";
import { playgroundRuns } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Side } from "./contract.ts";

/** Maximum size of a stored request; of larger ones only the size and the digest are stored. */
const maxRequestBytes = 256 * 1024;

interface NewRun {
  kind: "run" | "batch" | "explanation";
  state: "running" | "done" | "failed";
  modelName: string;
  sides: Side[];
  request: unknown;
  parentId?: string | undefined;
  result?: unknown;
  words?: string;
  problem?: string | undefined;
  total?: number;
  startedAt?: Date;
}

/** Writes down a run of the caller. @returns its id */
export async function insertRun(ctx: Context, { request, ...run }: NewRun): Promise<string> {
  const text = JSON.stringify(request);
  const requestBytes = Buffer.byteLength(text);
  const [row] = await ctx.db
    .insert(playgroundRuns)
    .values({
      ...run,
      workspaceId: ctx.actor.workspaceId,
      startedBy: ctx.actor.name,
      startedById: ctx.actor.id,
      request: requestBytes <= maxRequestBytes ? withoutNul(request) : null,
      requestBytes,
      requestDigest: createHash("sha256").update(text).digest("hex"),
      result: withoutNul(run.result),
      ...(run.state !== "running" && { endedAt: new Date() }),
    })
    .returning({ id: playgroundRuns.id });
  if (!row) throw new Error("The run was not written.");
  return row.id;
}

/** Replaces U+0000, which Postgres cannot store in JSON and a model's text may contain. */
export function withoutNul<Value extends object>(value: Value): Value;
export function withoutNul(value: unknown): unknown;
export function withoutNul(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value);
  return text.includes("\\u0000") ? JSON.parse(text.replaceAll("\\u0000", "\\ufffd")) : value;
}

/** This run, of this workspace. */
export function isRun(ctx: Context, id: string) {
  return and(eq(playgroundRuns.workspaceId, ctx.actor.workspaceId), eq(playgroundRuns.id, id));
}

/** Finds a run of this workspace. @throws DomainError "not-found" */
export async function findRun(ctx: Context, id: string): Promise<typeof playgroundRuns.$inferSelect> {
  const [row] = await ctx.db.select().from(playgroundRuns).where(isRun(ctx, id));
  if (row) return row;
  throw new DomainError("not-found", "Playground run not found; runs are deleted after 30 days.");
}

/** Stores the progress of a run. @returns false when it must stop: it was cancelled, or deleted */
export async function beat(ctx: Context, id: string, progress: { done: number; total: number }): Promise<boolean> {
  const found = await ctx.db
    .update(playgroundRuns)
    .set({ ...progress, heartbeatAt: sql`now()` })
    .where(and(isRun(ctx, id), eq(playgroundRuns.state, "running")))
    .returning({ id: playgroundRuns.id });
  return found.length > 0;
}

/** Ends a running run; one that was cancelled meanwhile stays cancelled. */
export async function endRun(
  ctx: Context,
  id: string,
  end: { state: "done"; result: unknown; words: string } | { state: "failed"; problem: string },
): Promise<void> {
  await ctx.db
    .update(playgroundRuns)
    .set({ ...end, ...("result" in end && { result: withoutNul(end.result) }), endedAt: sql`now()` })
    .where(and(isRun(ctx, id), eq(playgroundRuns.state, "running")));
}
