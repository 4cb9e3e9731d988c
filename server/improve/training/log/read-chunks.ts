import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { and, asc, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import { trainingLogChunks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

const decompress = promisify(zstdDecompress);
/** Chunks that one statement reads: at most four mebibytes of log. */
const batch = 64;

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

/** Reads the log of an attempt, from the chunk that holds a byte, some chunks at a time. */
export async function* readChunks(ctx: Context, attemptId: string, from = 0): AsyncGenerator<LogChunk> {
  for (let at = from; ; ) {
    const holding = sql`coalesce((select max(start) from ${trainingLogChunks} as held
      where held.attempt_id = ${attemptId} and held.start <= ${at}), 0)`;
    const rows = await ctx.db
      .select()
      .from(trainingLogChunks)
      .where(
        and(
          eq(trainingLogChunks.workspaceId, ctx.actor.workspaceId),
          eq(trainingLogChunks.attemptId, attemptId),
          gt(sql`${trainingLogChunks.start} + ${trainingLogChunks.bytes}`, at),
          gte(trainingLogChunks.start, holding),
        ),
      )
      .orderBy(asc(trainingLogChunks.start))
      .limit(batch);
    const unpacked = await Promise.all(
      rows.map(async ({ start, bytes: length, firstLine, data, at: cameAt }) => ({
        start,
        length,
        firstLine,
        bytes: data.length === 0 ? null : await decompress(data),
        at: cameAt,
      })),
    );
    yield* unpacked;
    const last = unpacked.at(-1);
    if (!last || rows.length < batch) return;
    at = last.start + last.length;
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
