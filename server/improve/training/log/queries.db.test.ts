import { setImmediate as turn } from "node:timers/promises";
import { eq } from "drizzle-orm";
import type pg from "pg";
import { expect, test, vi } from "vitest";
import { trainingAttempts } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { appendLog } from "./append-log.ts";
import type { LogLine } from "./contract.ts";
import { readLog, searchLog } from "./queries.ts";
import { readChunks } from "./read-chunks.ts";
import { splitLines } from "./split-lines.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

/** What a wrapper sends: bytes, or how many it dropped. */
type Sent = Buffer | number;

async function newLog(sent: readonly Sent[], { isComplete = false } = {}) {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  const { attempt: number, token } = await startAttempt(ctx, await launchJob(ctx, id));
  let [start, dropped] = [0, 0];
  for (const part of sent) {
    const length = typeof part === "number" ? part : part.length;
    if (typeof part === "number") dropped += part;
    else {
      await appendLog(db, { jobId: id, number, token }, { start, dropped, bytes: part });
      dropped = 0;
    }
    start += length;
  }
  if (isComplete) {
    await db.update(trainingAttempts).set({ fencedAt: new Date() }).where(eq(trainingAttempts.jobId, id));
  }
  return { ctx, id, bytes: start };
}

type Line = Omit<LogLine, "at">;

/** Reads a log as a whole: what stands between two gaps is one piece. */
function readNaively(sent: readonly Sent[]): Line[] {
  const lines: Line[] = [];
  let [place, piece] = [{ start: 0, line: 1 }, [] as Buffer[]];
  const close = () => {
    const split = splitLines(Buffer.concat(piece), place);
    lines.push(...split.lines);
    place = { start: split.next, line: split.nextLine };
    piece = [];
  };
  for (const part of sent) {
    if (typeof part !== "number") {
      piece.push(part);
      continue;
    }
    close();
    lines.push({ number: place.line, start: place.start, text: "", dropped: part });
    place = { ...place, start: place.start + part };
  }
  close();
  return lines;
}

/** Numbers in [0, 1) that are the same in each run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A log of progress bars, colours, characters of several bytes, very long lines, bytes that are no text, and gaps, cut anywhere. */
function randomLog(random: () => number): Sent[] {
  const pick = (most: number) => Math.floor(random() * most);
  const pieces: (() => Buffer)[] = [
    () => Buffer.from(`epoch ${pick(100)} loss ${random()}\n`),
    () => Buffer.from(`${"é漢😀".repeat(pick(40))} Needle ${"ß".repeat(pick(9))}\n`),
    () => Buffer.from(`${pick(100)}%\r`.repeat(pick(400))),
    () => Buffer.from("\x1b[31mneedle\x1b[0m\r\n"),
    () => Buffer.from("\n".repeat(pick(50))),
    () => Buffer.from("漢".repeat(pick(60_000))),
    () => Buffer.from(Array.from({ length: pick(60) }, () => pick(256))),
  ];
  const text = Buffer.concat(Array.from({ length: 300 }, () => (pieces[pick(pieces.length)] as () => Buffer)()));
  const sent: Sent[] = [];
  for (let at = 0; at < text.length; ) {
    const length = random() < 0.5 ? 1 + pick(300) : 1 + pick(200_000);
    sent.push(text.subarray(at, at + length));
    at += length;
    if (random() < 0.1 && at < text.length) sent.push(1 + pick(3_000_000));
  }
  return sent;
}

const plain = ({ number, start, text, dropped }: LogLine): Line => ({ number, start, text, dropped });

/** Turns all pages of a log. */
async function readPages(ctx: Context, id: string, nextLimit: () => number): Promise<Line[]> {
  const lines: Line[] = [];
  for (let from = 0; ; ) {
    const page = await readLog(ctx, id, { attempt: 1, from, limit: nextLimit() });
    expect(page.nextLine).toBeGreaterThanOrEqual(1);
    lines.push(...page.lines.map(plain));
    // The last line of a log that goes on comes with each page from there.
    if (page.next === from || page.next === page.bytes || page.lines.at(-1)?.start === page.next) return lines;
    from = page.next;
  }
}

test.each([1, 2, 3, 4, 5, 6])(
  "pages and matches are those of the log as a whole, wherever it is cut (seed %i)",
  async (seed) => {
    const random = randomOf(seed);
    const sent = randomLog(random);
    const { ctx, id } = await newLog(sent, { isComplete: seed % 2 === 0 });
    const expected = readNaively(sent);
    expect(await readPages(ctx, id, () => 1 + Math.floor(random() * 200))).toEqual(expected);
    expect(await readPages(ctx, id, () => 5_000)).toEqual(expected);
    for (let count = 0; count < 10; count += 1) {
      const line = Math.min(1 + Math.floor(random() * expected.length), expected.at(-1)?.number ?? 1);
      const page = await readLog(ctx, id, { attempt: 1, line, limit: 7 });
      const first = expected.findIndex(({ number, dropped }) => number === line && dropped === 0);
      // A gap before a line may have its number as well, and comes first only where the page begins with it.
      expect(page.lines.filter(({ dropped }) => dropped === 0).map(plain)[0]).toEqual(expected[first]);
    }
    for (const q of ["needle", "漢漢", "100%", "ß"]) {
      const found: Line[] = [];
      let next: { fromAttempt: number; from: number } | null = { fromAttempt: 1, from: 0 };
      while (next) {
        const page: Awaited<ReturnType<typeof searchLog>> = await searchLog(ctx, id, { q, limit: 20, ...next });
        found.push(...page.matches.map(({ number, start, text }) => ({ number, start, text, dropped: 0 })));
        next = page.next;
      }
      const isFound = ({ text, dropped }: Line) => dropped === 0 && text.toLowerCase().includes(q.toLowerCase());
      expect(found).toEqual(expected.filter(isFound));
    }
  },
);

/** Counts the bytes of log that statements return while something is done. */
async function bytesRead(work: () => Promise<unknown>): Promise<{ bytes: number; rows: number }> {
  const query = vi.spyOn((db as unknown as { $client: pg.Pool }).$client, "query");
  try {
    await work();
    const values = query.mock.results.map(({ value }): unknown => value);
    const results = await Promise.all(values as Promise<{ rows: unknown[][] }>[]);
    const packed = results.flatMap(({ rows }) => rows.flatMap((row) => Object.values(row).filter(Buffer.isBuffer)));
    return { bytes: packed.reduce((sum, { length }) => sum + length, 0), rows: packed.length };
  } finally {
    query.mockRestore();
  }
}

/** Lines that compress little. */
function noise(bytes: number): Buffer {
  const random = randomOf(7);
  const lines: string[] = [];
  for (let left = bytes; left > 0; left -= 64)
    lines.push(`${Array.from({ length: 6 }, random).join("").slice(0, 63)}\n`);
  return Buffer.from(lines.join(""));
}

test("reads little for a page and for a match, and a part twice as large each time where it needs more", async () => {
  const text = noise(6 * 2 ** 20);
  const parts = Array.from({ length: 6 }, (_, index) => text.subarray(index * 2 ** 20, (index + 1) * 2 ** 20));
  const { ctx, id } = await newLog([...parts, Buffer.from("the needle\n")]);
  expect((await bytesRead(() => readLog(ctx, id, { attempt: 1, from: 0, limit: 20 }))).rows).toBeLessThanOrEqual(4);
  expect((await bytesRead(() => readLog(ctx, id, { attempt: 1, line: 50_000, limit: 20 }))).rows).toBeLessThanOrEqual(
    6,
  );
  const first = text.toString().split("\n")[3] ?? "";
  expect((await bytesRead(() => searchLog(ctx, id, { q: first, limit: 1 }))).rows).toBeLessThanOrEqual(140);
  // All of it once, not once for each of its pages.
  const { bytes, rows } = await bytesRead(() => searchLog(ctx, id, { q: "the needle" }));
  expect(rows).toBeLessThanOrEqual(6 * 16 + 3);
  expect(bytes).toBeLessThan(text.length);
});

test("lets others have their turn between two chunks", async () => {
  const { ctx, id } = await newLog(Array.from({ length: 8 }, () => noise(2 ** 20)));
  const [attempt] = await db.select().from(trainingAttempts).where(eq(trainingAttempts.jobId, id));
  let [turns, isDone] = [0, false];
  const others = (async () => {
    for (; !isDone; turns += 1) await turn();
  })();
  const seen = new Set<number>();
  for await (const _ of readChunks(ctx, attempt?.id ?? "")) seen.add(turns);
  isDone = true;
  await others;
  // There are 128; two of them may be there at once.
  expect(seen.size).toBeGreaterThan(64);
});
