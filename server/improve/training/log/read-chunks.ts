import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { and, asc, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import { trainingLogChunks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

const decompress = promisify(zstdDecompress);
/**
 * Bytes of log that the first statement reads, and at most that later ones do, each twice the one before: most readers need a few lines, and a
 * search megabytes.
 */
const [firstBytes, maxBytes] = [2 ** 16, 2 ** 22];
/** Chunks that one statement reads: a program that prints a line a second has small ones. */
const maxRows = 512;

/** A piece of a log; `bytes` is null for a gap of `length` bytes, which the wrapper had to drop. */
export interface LogChunk {
  start: number;
  length: number;
  /** Lines that ended before it. */
  firstLine: number;
  bytes: Buffer | null;
  /** When it came. */
  at: Date;
}

/**
 * Reads the log of an attempt, from the chunk that holds a byte, some chunks at a time. Each is decompressed when it is asked for, outside the
 * event loop, so that one is in memory and others have their turn between two.
 */
export async function* readChunks(ctx: Context, attemptId: string, from = 0): AsyncGenerator<LogChunk> {
  let at = from;
  for (let wanted = firstBytes; ; wanted = Math.min(2 * wanted, maxBytes)) {
    const holding = sql`coalesce((select max(start) from ${trainingLogChunks} as held
      where held.workspace_id = ${ctx.actor.workspaceId} and held.attempt_id = ${attemptId} and held.start <= ${at}), 0)`;
    const rows = await ctx.db
      .select()
      .from(trainingLogChunks)
      .where(
        and(
          eq(trainingLogChunks.workspaceId, ctx.actor.workspaceId),
          eq(trainingLogChunks.attemptId, attemptId),
          gt(sql`${trainingLogChunks.start} + ${trainingLogChunks.bytes}`, at),
          gte(trainingLogChunks.start, holding),
          lt(trainingLogChunks.start, at + wanted),
        ),
      )
      .orderBy(asc(trainingLogChunks.start))
      .limit(maxRows);
    // Chunks leave no gap, so that there is one wherever there is more.
    if (rows.length === 0) return;
    for (const { start, bytes: length, firstLine, data, at: cameAt } of rows) {
      yield { start, length, firstLine, bytes: data.length === 0 ? null : await decompress(data), at: cameAt };
      at = start + length;
    }
  }
}

/** Returns the first byte of the chunk in which the line before a line ends, so that the line begins in it or directly after it. */
export async function startOfChunkBefore(ctx: Context, attemptId: string, line: number): Promise<number> {
  const [chunk] = await ctx.db
    .select({ start: trainingLogChunks.start })
    .from(trainingLogChunks)
    .where(
      and(
        eq(trainingLogChunks.workspaceId, ctx.actor.workspaceId),
        eq(trainingLogChunks.attemptId, attemptId),
        lt(trainingLogChunks.firstLine, line - 1),
      ),
    )
    .orderBy(desc(trainingLogChunks.start))
    .limit(1);
  return chunk?.start ?? 0;
}
