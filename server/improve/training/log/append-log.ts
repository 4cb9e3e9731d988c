import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";
import { and, desc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { trainingAttempts, trainingLogChunks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { announce } from "#server/platform/events/announce.ts";
import { type AttemptCaller, type AttemptRow, holdAttempt } from "../attempts/hold-attempt.ts";
import { maxChunkBytes } from "./contract.ts";
import { countLines } from "./count-lines.ts";
import { gapsOf } from "./gaps-of.ts";

const compress = promisify(zstdCompress);
/** Logs repeat themselves: the fastest level packs them nearly as well. */
const fast = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Bytes of a log, as a wrapper sent them. */
interface SentLog {
  /** Bytes of the attempt's log before these. */
  start: number;
  /** How many of them the wrapper dropped, directly before these. */
  dropped: number;
  bytes: Buffer;
}

/**
 * Appends to the log of an attempt. What is stored already is skipped, so a call may be repeated. A gap is refused unless the wrapper says that
 * it dropped those bytes; it is stored as a chunk without data, so that chunks leave none. docs/spec/training.md section 15.
 * @returns the byte that must come next, and whether the bytes were taken @throws as holdAttempt
 */
export async function appendLog(
  db: Database,
  caller: AttemptCaller,
  { start, dropped, bytes }: SentLog,
): Promise<{ next: number; isTaken: boolean }> {
  let changed: Context | undefined;
  const result = await holdAttempt(db, caller, async (ctx, attempt) => {
    changed = undefined;
    const gap = start - attempt.logBytes;
    if (gap > 0 && gap > dropped) return { next: attempt.logBytes, isTaken: false };
    const fresh = gap < 0 ? bytes.subarray(-gap) : bytes;
    if (fresh.length === 0 && gap <= 0) return { next: attempt.logBytes, isTaken: true };
    changed = { ...ctx, db };
    return { next: await store(ctx, attempt, { gap: Math.max(0, gap), fresh }), isTaken: true };
  });
  if (changed) announce(changed, "training-log", caller.jobId);
  return result;
}

async function store(
  ctx: Context,
  attempt: AttemptRow,
  { gap, fresh }: { gap: number; fresh: Buffer },
): Promise<number> {
  const own = { workspaceId: ctx.actor.workspaceId, attemptId: attempt.id };
  const parts: Buffer[] = [];
  for (let at = 0; at < fresh.length; at += maxChunkBytes) parts.push(fresh.subarray(at, at + maxChunkBytes));
  const packed = await Promise.all(parts.map((part) => compress(part, fast)));
  let start = attempt.logBytes;
  let firstLine = await linesOf(ctx, attempt.id);
  const empty = { ...own, firstLine, lines: 0, data: Buffer.alloc(0) };
  const rows: (typeof trainingLogChunks.$inferInsert)[] = gapsOf({ start, length: gap }).map((row) => ({
    ...empty,
    ...row,
  }));
  start += gap;
  parts.forEach((part, index) => {
    const lines = countLines(part);
    rows.push({ ...own, start, bytes: part.length, firstLine, lines, data: packed[index] as Buffer });
    start += part.length;
    firstLine += lines;
  });
  await ctx.db.insert(trainingLogChunks).values(rows);
  await ctx.db
    .update(trainingAttempts)
    .set({ logBytes: start, logDropped: sql`${trainingAttempts.logDropped} + ${gap}` })
    .where(and(eq(trainingAttempts.workspaceId, ctx.actor.workspaceId), eq(trainingAttempts.id, attempt.id)));
  return start;
}

/** Lines that have ended so far. */
async function linesOf(ctx: Context, attemptId: string): Promise<number> {
  const [last] = await ctx.db
    .select({ lines: sql<number>`(${trainingLogChunks.firstLine} + ${trainingLogChunks.lines})::float8` })
    .from(trainingLogChunks)
    .where(and(eq(trainingLogChunks.workspaceId, ctx.actor.workspaceId), eq(trainingLogChunks.attemptId, attemptId)))
    .orderBy(desc(trainingLogChunks.start))
    .limit(1);
  return last?.lines ?? 0;
}
