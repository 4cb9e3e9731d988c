import { and, asc, eq, gte, sql } from "drizzle-orm";
import { trainingAttempts, trainingLogChunks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { requireJob } from "../jobs/queries.ts";
import { keptLogDays, type LogLine, type LogMatches, type LogPage, ReadLog, SearchLog } from "./contract.ts";
import { countLines } from "./count-lines.ts";
import { readChunks, startOfChunkBefore } from "./read-chunks.ts";
import { splitLines } from "./split-lines.ts";

/** Bytes of log that one page reads at most, and that one search looks through. */
const [maxPageBytes, maxSearchBytes] = [2 ** 20, 2 ** 26];

interface LogOf {
  id: string;
  number: number;
  bytes: number;
  droppedBytes: number;
  lines: number;
  isComplete: boolean;
  /** Whether its bytes were removed, long after the end of the job. */
  isRemoved: boolean;
}

const removedText = `This log was removed ${keptLogDays} days after the end of its job.`;

/**
 * Reads lines of the log of an attempt: from a byte, from a line, or its last ones. To follow it, read on from `next` whenever the event
 * "training-log" of the job comes. @throws DomainError "not-found"
 */
export async function readLog(ctx: Context, jobId: string, input: ReadLog): Promise<LogPage> {
  permit(ctx, "readTrainingLog");
  const { attempt, from, line, limit } = ReadLog.parse(input);
  const [log] = await logsOf(ctx, jobId, { attempt });
  if (!log) throw new DomainError("not-found", "Attempt not found.");
  const at = await placeOf(ctx, log, { from, line, last: limit });
  const page = await collect(ctx, log, { ...at, limit });
  return {
    attempt,
    ...page,
    bytes: log.bytes,
    totalLines: log.lines,
    droppedBytes: log.droppedBytes,
    isComplete: log.isComplete,
  };
}

/** Returns the byte at which a page begins, and the number of its line. */
async function placeOf(
  ctx: Context,
  log: LogOf,
  { from, line, last }: { from: number | undefined; line: number | undefined; last: number },
): Promise<{ start: number; line: number }> {
  if (from !== undefined) return { start: Math.min(from, log.bytes), line: await lineAt(ctx, log, from) };
  const wanted = Math.min(line ?? Math.max(1, log.lines + 2 - last), log.lines + 1);
  if (wanted === 1) return { start: 0, line: 1 };
  for await (const chunk of readChunks(ctx, log.id, await startOfChunkBefore(ctx, log.id, wanted))) {
    let ended = chunk.firstLine;
    const { bytes } = chunk;
    for (let at = bytes?.indexOf(10) ?? -1; bytes && at !== -1; at = bytes.indexOf(10, at + 1)) {
      ended += 1;
      if (ended === wanted - 1) return { start: chunk.start + at + 1, line: wanted };
    }
  }
  return { start: log.bytes, line: log.lines + 1 };
}

async function lineAt(ctx: Context, log: LogOf, from: number): Promise<number> {
  for await (const { start, firstLine, bytes } of readChunks(ctx, log.id, from)) {
    return firstLine + 1 + (bytes && from > start ? countLines(bytes.subarray(0, from - start)) : 0);
  }
  return log.lines + 1;
}

interface Place {
  /** Byte and number of the line that follows. */
  start: number;
  line: number;
}

/** Reads the lines of a log in order, those of one chunk at a time, with the place after them and the bytes that were read for them. */
async function* readLines(
  ctx: Context,
  log: LogOf,
  { start, line }: Place,
): AsyncGenerator<{ lines: LogLine[]; place: Place; read: number }> {
  let place = { start, line };
  /** Bytes of a line whose end is in a later chunk. */
  let rest: Buffer = Buffer.alloc(0);
  /** When that came. */
  let restAt = new Date(0);
  const take = (bytes: Buffer, at: Date, isOpen: boolean): LogLine[] => {
    const split = splitLines(bytes, place, { isOpen });
    const isLast = isOpen && split.next < place.start + bytes.length && split.lines.at(-1)?.start === split.next;
    rest = bytes.subarray(split.next - place.start);
    place = { start: split.next, line: split.nextLine };
    return (isLast ? split.lines.slice(0, -1) : split.lines).map((line) => ({ ...line, at }));
  };
  for await (const chunk of readChunks(ctx, log.id, start)) {
    let lines: LogLine[];
    if (chunk.bytes) {
      lines = take(Buffer.concat([rest, chunk.bytes.subarray(Math.max(0, start - chunk.start))]), chunk.at, true);
    } else {
      lines = rest.length > 0 ? take(rest, restAt, false) : [];
      const text = log.isRemoved ? removedText : "";
      lines.push({ number: place.line, start: chunk.start, text, dropped: chunk.length, at: chunk.at });
      place = { ...place, start: chunk.start + chunk.length };
      rest = Buffer.alloc(0);
    }
    restAt = chunk.at;
    yield { lines, place, read: chunk.bytes?.length ?? 0 };
  }
  if (rest.length === 0) return;
  // What follows is only shown now; while the log goes on, the next page begins with it again.
  const end = splitLines(rest, place, { isOpen: !log.isComplete });
  const lines = end.lines.map((line) => ({ ...line, at: restAt }));
  yield { lines, place: { start: end.next, line: end.nextLine }, read: 0 };
}

async function collect(
  ctx: Context,
  log: LogOf,
  { limit, ...from }: Place & { limit: number },
): Promise<Pick<LogPage, "lines" | "next" | "nextLine">> {
  const lines: LogLine[] = [];
  let place: Place = from;
  let left = maxPageBytes;
  for await (const part of readLines(ctx, log, from)) {
    const room = limit - lines.length;
    lines.push(...part.lines.slice(0, room));
    const following = part.lines[room];
    place = following ? { start: following.start, line: following.number } : part.place;
    left -= part.read;
    if (lines.length >= limit || left <= 0) break;
  }
  return { lines, next: place.start, nextLine: place.line };
}

/**
 * Finds lines that contain a text, upper and lower case alike, in one attempt or in all. It looks through a limited part, and says where to go on.
 * @throws DomainError "not-found" for a job that there is not
 */
export async function searchLog(ctx: Context, jobId: string, input: SearchLog): Promise<LogMatches> {
  permit(ctx, "readTrainingLog");
  const { q, attempt, fromAttempt, from, limit } = SearchLog.parse(input);
  await requireJob(ctx, jobId);
  const logs = await logsOf(ctx, jobId, attempt === undefined ? { from: fromAttempt } : { attempt });
  const wanted = q.toLowerCase();
  const matches: LogMatches["matches"] = [];
  let left = maxSearchBytes;
  for (const log of logs) {
    const start = log.number === fromAttempt || attempt !== undefined ? from : 0;
    for await (const part of readLines(ctx, log, { start, line: await lineAt(ctx, log, start) })) {
      for (const { number, start, text, dropped } of part.lines) {
        if (dropped > 0 || !text.toLowerCase().includes(wanted)) continue;
        if (matches.length === limit) return { matches, next: { fromAttempt: log.number, from: start } };
        matches.push({ attempt: log.number, number, start, text });
      }
      left -= part.read;
      if (left <= 0 && part.place.start < log.bytes) {
        return { matches, next: { fromAttempt: log.number, from: part.place.start } };
      }
    }
  }
  return { matches, next: null };
}

/**
 * Returns the log of an attempt as it was printed, or of all, each after a line with its number. Gaps are a line of their own.
 * @throws DomainError "not-found"
 */
export async function downloadLog(
  ctx: Context,
  jobId: string,
  attempt?: number,
): Promise<{ name: string; content: AsyncGenerator<Buffer> }> {
  permit(ctx, "readTrainingLog");
  const logs = await logsOf(ctx, jobId, attempt === undefined ? {} : { attempt });
  if (logs.length === 0) throw new DomainError("not-found", "Attempt not found.");
  async function* content(): AsyncGenerator<Buffer> {
    for (const log of logs) {
      if (attempt === undefined) yield Buffer.from(`==> attempt ${log.number} <==\n`);
      for await (const { bytes, length } of readChunks(ctx, log.id)) {
        yield bytes ?? Buffer.from(`\n==> ${log.isRemoved ? removedText : `${length} bytes were dropped here`} <==\n`);
      }
    }
  }
  return { name: `${jobId}${attempt === undefined ? "" : `-${attempt}`}.log`, content: content() };
}

async function logsOf(
  ctx: Context,
  jobId: string,
  { attempt, from = 1 }: { attempt?: number; from?: number },
): Promise<LogOf[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({
      id: trainingAttempts.id,
      number: trainingAttempts.number,
      bytes: trainingAttempts.logBytes,
      droppedBytes: trainingAttempts.logDropped,
      lines: sql<number>`coalesce((select chunk.first_line + chunk.lines from ${trainingLogChunks} as chunk
        where chunk.attempt_id = ${trainingAttempts.id} order by chunk.start desc limit 1), 0)::float8`,
      isComplete: sql<boolean>`${trainingAttempts.report} is not null or ${trainingAttempts.fencedAt} is not null`,
      isRemoved: sql<boolean>`${trainingAttempts.logBytes} > ${trainingAttempts.logDropped} and not exists (
        select from ${trainingLogChunks} as chunk where chunk.attempt_id = ${trainingAttempts.id} and octet_length(chunk.data) > 0)`,
    })
    .from(trainingAttempts)
    .where(
      and(
        eq(trainingAttempts.workspaceId, workspaceId),
        eq(trainingAttempts.jobId, jobId),
        attempt === undefined ? gte(trainingAttempts.number, from) : eq(trainingAttempts.number, attempt),
      ),
    )
    .orderBy(asc(trainingAttempts.number));
  return rows;
}
