import { z } from "zod";

/** Bytes of a log that one call takes, unpacked; and of one row. */
export const maxAppendBytes = 2 ** 20;
export const maxChunkBytes = 2 ** 16;

/** Days after the end of a job in which its log is kept. */
export const keptLogDays = 90;

const Bytes = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A tebibyte is more than any log has, and a gap of so many bytes is still few rows. */
const Sent = Bytes.max(2 ** 40);

/** Where a wrapper says that bytes begin, and how many before them it had to drop. */
export const AppendLog = z.object({ start: Sent, dropped: Sent.default(0) });

/** Which part of a log to read: from a byte, from a line, or its last lines. */
export const ReadLog = z.object({
  attempt: z.coerce.number().int().min(1),
  /** Byte that the page begins with. */
  from: Bytes.optional(),
  /** Number of the line that the page begins with, from 1. */
  line: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000),
});
export type ReadLog = z.input<typeof ReadLog>;

export const LogLine = z.object({
  /** From 1, in its attempt. Parts of a very long line have the same number. */
  number: z.number(),
  /** Bytes of the log before it. */
  start: z.number(),
  /** As a terminal would show it at its end: what "\r" replaced is left out. Of a gap why it is there, where the wrapper did not drop it. */
  text: z.string(),
  /** Bytes of a gap: dropped because the disk beside the program was full while Leeway was away, or removed long after the end; 0 for a line. */
  dropped: z.number(),
  /** When its end reached Leeway: about a second after it was printed, later where the wrapper could not send. */
  at: z.date(),
});
export type LogLine = z.infer<typeof LogLine>;

export const LogPage = z.object({
  attempt: z.number(),
  lines: z.array(LogLine),
  /** Byte and line that the next page begins with; a line that is still being written is read again then. */
  next: z.number(),
  nextLine: z.number(),
  /** Bytes and ended lines so far. */
  bytes: z.number(),
  totalLines: z.number(),
  droppedBytes: z.number(),
  /** Whether nothing will be added. */
  isComplete: z.boolean(),
});
export type LogPage = z.infer<typeof LogPage>;

export const SearchLog = z.object({
  /** Plain text; upper and lower case are the same. */
  q: z.string().min(1).max(500),
  /** Without: all attempts, in their order. */
  attempt: z.coerce.number().int().min(1).optional(),
  /** Where an earlier search stopped. */
  fromAttempt: z.coerce.number().int().min(1).default(1),
  from: Bytes.default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});
export type SearchLog = z.input<typeof SearchLog>;

export const LogMatches = z.object({
  matches: z.array(LogLine.pick({ number: true, start: true, text: true }).extend({ attempt: z.number() })),
  /** Where to go on; null when all was searched. */
  next: z.object({ fromAttempt: z.number(), from: z.number() }).nullable(),
});
export type LogMatches = z.infer<typeof LogMatches>;
