import { DomainError } from "#server/base/errors.ts";
import { mebibytes } from "#server/base/format-number.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import { FeatureError } from "#server/develop/features/feature-error.ts";
import type { FeatureRows, ReadRows, RowOrigin, StoredRow } from "#server/develop/features/rows/feature-rows.ts";
import { StoreClock } from "./store-clock.ts";

/** View whose rows are read. */
interface CachedView {
  readonly number: number;
  /** Maximum age at which a value counts; null for no limit. */
  readonly ttlUs: number | null;
}

/** What a look-up found, in the order of its keys. */
interface FoundRows extends ReadRows {
  /** Whether some rows did not arrive in time. They are missing here, although they may exist. */
  isLate: boolean;
  /** Undefined for rows that did not arrive in time. */
  sources: (RowOrigin | undefined)[];
}

interface Entry {
  row: StoredRow | undefined;
  /** Until when it is used without asking. */
  believedUntil: number;
  /** When it was asked for. It stands in for an answer that is late for a while, and while Postgres is away for any time. */
  askedAt: number;
  /** Number of the batch that it comes from. */
  batch: number;
  bytes: number;
}

type Answers = ReadonlyMap<string, StoredRow | undefined>;

/** Keys of one view that are asked for in one statement. */
interface Batch {
  keys: Map<string, Buffer>;
  answers: PromiseWithResolvers<Answers>;
  /** Position in the order of sending, among all views; 0 while it waits. */
  number: number;
  sentAt: number;
  /** Keys that were written since it was sent: its answer may have the rows before. */
  written: Set<string>;
}

/** Batches of a view. */
interface Asking {
  view: CachedView;
  /** Those that wait. The last one collects keys. */
  queue: Batch[];
  /** The one of these that has a key. */
  waiting: Map<string, Batch>;
  /** Whether the queue is sent at the end of this turn of the event loop. */
  isPlanned: boolean;
  sent: Set<Batch>;
  /** Sent ones whose answer nobody waits for any more. */
  givenUp: Set<Batch>;
}

const maxBeliefMs = 1_000;
/** A row is believed for this share of its TTL, so that it is never shown much longer than it counts. */
const beliefShare = 1 / 20;
/** Memory that an entry takes besides its key and its row. */
const entryBytes = 400;
/** Statements for one view at a time; further keys wait and are asked for together. */
const maxSent = 4;
const maxKeysOfBatch = 100_000;
/** A statement asks for as many keys as have about so many bytes of rows, by those of the view that came before. */
const batchBytes = 2 ** 25;
/** Keys of the first statement for a view whose rows may have any size, and the fewest of any. */
const unknownKeys = 5_000;
const minKeys = 100;
/** Bytes of rows that one look-up may ask for. */
const maxAskedBytes = 2 ** 29;
/** Views whose size of rows is kept. */
const maxSizes = 10_000;
/** Keys of a view that wait. */
const maxWaitingKeys = maxSent * maxKeysOfBatch;
/** A statement without an answer, or a wait for one, shows after so long that Postgres is away. */
export const awayMs = 2_000;
/** A copy that was asked for so long ago stands in for a late answer of a Postgres that is not away. */
export const maxLateMs = 2_000;
/** Time after which a statement without an answer makes room for another, whose answer shows when Postgres is back. */
const giveUpMs = 5_000;

/**
 * Latest rows in memory (docs/spec/features.md section 10.6). The least recently used are dropped. A row is believed for at most a second, then
 * asked for again, and so is that a key has none. All keys that are missing in one turn of the event loop are asked for together, in one
 * statement per view and 100,000 keys, or fewer if rows are large. While Postgres is away, older copies are used: their ages tell. For an answer that is merely late, only those
 * that were asked for a moment ago are.
 */
export class CachedRows {
  private readonly source: FeatureRows;
  private readonly maxBytes: number;
  private readonly now: () => number;
  private readonly entries = new Map<string, Entry>();
  private readonly asking = new Map<number, Asking>();
  private usedBytes = 0;
  /** By view, the bytes of a row that came, on average. */
  private readonly sizes = new Map<number, number>();
  /** Batches that were sent so far. */
  private batches = 0;
  /** Whether Postgres is unavailable, as far as is known: copies are used without waiting for it. */
  isAway = false;
  /** Signs of life of Postgres so far. Without a new one since it began, a wait or statement that failed shows that Postgres is away. */
  private signs = 0;
  private readonly clock: StoreClock;
  /** By view, the last batch before all its rows were evicted: entries of it and of earlier ones do not count. */
  private readonly droppedUpTo = new Map<number, number>();

  /**
   * @param maxBytes memory for rows; 0 caches nothing
   * @param now milliseconds of a clock that does not jump
   */
  constructor(source: FeatureRows, maxBytes: number, now: () => number = () => performance.now()) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.now = now;
    this.clock = new StoreClock(now);
  }

  /**
   * Returns the latest rows of some keys.
   * @param withinMs time to wait for Postgres
   * @param isTolerant whether rows are late, and nothing fails, while Postgres is unavailable
   * @throws DomainError "unavailable" while Postgres is, or while too many keys wait for it, if a row has no copy here; FeatureError "too-large"
   */
  async read(view: CachedView, keys: readonly Buffer[], withinMs = 20, isTolerant = false): Promise<FoundRows> {
    const rows = new Array<StoredRow | undefined>(keys.length);
    const sources = new Array<RowOrigin | undefined>(keys.length).fill("cached");
    const ids = keys.map((key) => idOf(view, key));
    const now = this.now();
    const missing: number[] = [];
    for (let index = 0; index < ids.length; index += 1) {
      const entry = this.use(view, ids[index] as string);
      if (entry && entry.believedUntil > now) rows[index] = entry.row;
      else missing.push(index);
    }
    if (missing.length === 0) return { rows, readAt: this.clock.now(), isLate: false, sources };
    const answers = await this.answersInParts(
      view,
      missing.map((index) => [ids[index] as string, keys[index] as Buffer]),
      withinMs,
    ).catch((error: unknown) => {
      if (isTolerant && isUnavailable(error)) return undefined;
      throw error;
    });
    let isLate = false;
    for (const index of missing) {
      const id = ids[index] as string;
      const copy = answers ? undefined : this.standIn(view, id, withinMs);
      if (answers) {
        rows[index] = answers.get(id);
        sources[index] = "asked";
      } else if (copy) rows[index] = copy.row;
      else {
        isLate = true;
        sources[index] = undefined;
      }
    }
    return { rows, readAt: this.clock.now(), isLate, sources };
  }

  /** Asks again for rows that were just written here, so that whoever wrote them reads them. */
  evict({ number }: Pick<CachedView, "number">, keys: readonly Buffer[]): void {
    // They were committed a moment ago, so Postgres is there.
    this.noteSign();
    const { sent, givenUp } = this.asking.get(number) ?? { sent: [], givenUp: [] };
    const underWay = [...sent, ...givenUp];
    for (const key of keys) {
      const id = idOf({ number }, key);
      const entry = this.entries.get(id);
      if (entry) Object.assign(entry, { believedUntil: Number.NEGATIVE_INFINITY, askedAt: Number.NEGATIVE_INFINITY });
      for (const { written } of underWay) written.add(id);
    }
  }

  /** Evicts the row of a removed entity key, or all rows of the view: nothing that was read before is used any more. */
  evictRemoved({ number }: Pick<CachedView, "number">, key: Buffer | null): void {
    if (!key) {
      this.droppedUpTo.set(number, this.batches);
      return;
    }
    const id = idOf({ number }, key);
    this.drop(id);
    const { sent, givenUp } = this.asking.get(number) ?? { sent: [], givenUp: [] };
    for (const { written } of [...sent, ...givenUp]) written.add(id);
  }

  /** Memory that the rows take. */
  get bytes(): number {
    return this.usedBytes;
  }

  /** Returns an entry, unless it was evicted. */
  private entryOf({ number }: Pick<CachedView, "number">, id: string): Entry | undefined {
    const entry = this.entries.get(id);
    if (entry && this.droppedUpTo.size > 0 && entry.batch <= (this.droppedUpTo.get(number) ?? 0)) {
      this.drop(id);
      return undefined;
    }
    return entry;
  }

  /** Returns an entry, as the most recently used one. */
  private use(view: CachedView, id: string): Entry | undefined {
    const entry = this.entryOf(view, id);
    if (!entry) return undefined;
    this.entries.delete(id);
    this.entries.set(id, entry);
    return entry;
  }

  private drop(id: string): void {
    this.usedBytes -= this.entries.get(id)?.bytes ?? 0;
    this.entries.delete(id);
  }

  /** Returns the entry that may be used although Postgres has not answered for some time, if any. */
  private standIn(view: CachedView, id: string, waitedMs = 0): Entry | undefined {
    const entry = this.entryOf(view, id);
    const maxMs = waitedMs >= awayMs ? Number.MAX_VALUE : maxLateMs;
    return entry && (this.isAway || this.now() - entry.askedAt <= maxMs) ? entry : undefined;
  }

  /** As answersFor(), part by part if there are many keys: then what they bring is bounded, whatever the size of rows. */
  private async answersInParts(
    view: CachedView,
    keys: readonly (readonly [string, Buffer])[],
    withinMs: number,
  ): Promise<Answers | undefined> {
    const until = this.now() + withinMs;
    if (keys.length <= unknownKeys) return this.answersFor(view, keys, { withinMs, until });
    const all = new Map<string, StoredRow | undefined>();
    let bytes = 0;
    // The first part tells how large the rows are.
    for (let from = 0, atOnce = 1; from < keys.length; atOnce = maxSent) {
      const size = this.keysOfBatch(view);
      const parts = Array.from({ length: atOnce }, (_, part) =>
        keys.slice(from + part * size, from + (part + 1) * size),
      );
      from += atOnce * size;
      const asked = parts
        .filter(({ length }) => length > 0)
        .map((part) => this.answersFor(view, part, { withinMs, until }));
      for (const [index, answers] of (await Promise.all(asked)).entries()) {
        if (!answers) return undefined;
        for (const [id] of parts[index] ?? []) {
          const row = answers.get(id);
          all.set(id, row);
          bytes += row?.packed.length ?? 0;
        }
      }
      if (bytes <= maxAskedBytes) continue;
      const message = `The rows of these keys are more than ${mebibytes(maxAskedBytes)}. Look up fewer keys per request.`;
      throw new FeatureError("too-large", "other", message);
    }
    return all;
  }

  /** Keys of one statement. */
  private keysOfBatch({ number }: CachedView): number {
    const size = this.sizes.get(number);
    if (size === undefined) return unknownKeys;
    return Math.min(maxKeysOfBatch, Math.max(minKeys, Math.floor(batchBytes / size)));
  }

  /**
   * Returns the rows that Postgres has; undefined if copies have to do.
   * @param withinMs time of the whole look-up @param until its end, on this clock
   */
  private async answersFor(
    view: CachedView,
    keys: readonly (readonly [string, Buffer])[],
    { withinMs, until }: { withinMs: number; until: number },
  ): Promise<Answers | undefined> {
    const hasCopies = () => keys.every(([id]) => this.standIn(view, id));
    const asked = this.join(view, keys);
    if ((this.isAway || !asked) && hasCopies()) return undefined;
    if (!asked) {
      const message = "Too many look-ups of this view are waiting for Postgres. Try again in a moment.";
      throw new DomainError("unavailable", message, { retryAfterSeconds: 1 });
    }
    const { signs } = this;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, Math.max(0, until - this.now()), undefined);
    try {
      const answers = await Promise.race([Promise.all(asked.map((batch) => batch.answers.promise)), late.promise]);
      // A look-up that cannot wait for long shows nothing.
      if (!answers && withinMs >= awayMs) this.noteAway(signs);
      if (!answers || answers.length === 1) return answers?.[0];
      return new Map(keys.map(([id]) => [id, answers.find((some) => some.has(id))?.get(id)]));
    } catch (error) {
      if (isUnavailable(error) && hasCopies()) return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Adds keys to the statements that wait. @returns those that have them; undefined if too many keys wait */
  private join(view: CachedView, keys: readonly (readonly [string, Buffer])[]): readonly Batch[] | undefined {
    const known = this.asking.get(view.number);
    const asking: Asking = known ?? {
      view,
      queue: [],
      waiting: new Map(),
      isPlanned: false,
      sent: new Set(),
      givenUp: new Set(),
    };
    const { queue, waiting } = asking;
    if (waiting.size > 0 && waiting.size + keys.length > maxWaitingKeys) return undefined;
    this.asking.set(view.number, asking);
    asking.view = view;
    const maxKeys = this.keysOfBatch(view);
    const joined = new Set<Batch>();
    for (const [id, key] of keys) {
      let batch = waiting.get(id);
      if (!batch) {
        batch = withRoom(queue, maxKeys);
        batch.keys.set(id, key);
        waiting.set(id, batch);
      }
      joined.add(batch);
    }
    if (!asking.isPlanned) {
      asking.isPlanned = true;
      setImmediate(() => {
        asking.isPlanned = false;
        this.send(asking);
      });
    }
    return [...joined];
  }

  /** Sends the next statements of a view, as many as may be under way. */
  private send(asking: Asking): void {
    const { queue, waiting, sent, givenUp, view } = asking;
    while (sent.size < maxSent) {
      const batch = queue.shift();
      if (!batch) break;
      if (queue.length === 0) waiting.clear();
      else for (const id of batch.keys.keys()) waiting.delete(id);
      void this.ask(asking, batch);
    }
    if (!asking.isPlanned && sent.size + givenUp.size + queue.length === 0) this.asking.delete(view.number);
  }

  private async ask(asking: Asking, batch: Batch): Promise<void> {
    const { view, sent, givenUp } = asking;
    const { keys, answers } = batch;
    const { signs } = this;
    this.batches += 1;
    batch.number = this.batches;
    batch.sentAt = this.now();
    sent.add(batch);
    const slow = setTimeout(() => this.noteAway(signs), awayMs);
    slow.unref();
    const timer = setTimeout(() => {
      sent.delete(batch);
      givenUp.add(batch);
      this.noteAway(signs);
      answers.reject(new DomainError("unavailable", "Postgres does not respond in time.", { retryAfterSeconds: 1 }));
      this.send(asking);
    }, giveUpMs);
    timer.unref();
    try {
      const { rows, readAt } = await this.source.read(view, [...keys.values()]);
      this.noteSign();
      if (readAt !== undefined) this.clock.note(readAt, batch.sentAt);
      this.noteSizes(view, rows);
      const ids = [...keys.keys()];
      answers.resolve(new Map(ids.map((id, index) => [id, rows[index]])));
      this.keep(view, batch, ids, rows);
    } catch (error) {
      if (isUnavailable(error)) this.noteAway(signs);
      else this.noteSign();
      answers.reject(error);
    } finally {
      clearTimeout(slow);
      clearTimeout(timer);
      sent.delete(batch);
      givenUp.delete(batch);
      this.send(asking);
    }
  }

  private noteSizes({ number }: CachedView, rows: readonly (StoredRow | undefined)[]): void {
    let found = 0;
    let bytes = 0;
    for (const row of rows) {
      if (!row) continue;
      found += 1;
      bytes += row.packed.length;
    }
    if (found === 0) return;
    if (this.sizes.size >= maxSizes) this.sizes.clear();
    // Larger ones count at once, since a few small rows say little about others.
    const mean = bytes / found;
    this.sizes.set(number, Math.max(1, mean, (mean + (this.sizes.get(number) ?? mean)) / 2));
  }

  /** Notes that Postgres has responded. */
  private noteSign(): void {
    this.signs += 1;
    this.isAway = false;
  }

  /** Notes that Postgres has not responded to what began after so many signs of life. */
  private noteAway(signs: number): void {
    if (signs === this.signs) this.isAway = true;
  }

  private keep(
    view: CachedView,
    { number, sentAt, written }: Batch,
    ids: readonly string[],
    rows: readonly (StoredRow | undefined)[],
  ): void {
    if (this.maxBytes === 0 || number <= (this.droppedUpTo.get(view.number) ?? 0)) return;
    // It may have been read right after it was sent, however late it comes.
    const times = { believedUntil: sentAt + beliefMsOf(view), askedAt: sentAt };
    for (const [index, id] of ids.entries()) if (!written.has(id)) this.put(id, rows[index], number, times);
    for (const id of this.entries.keys()) {
      if (this.usedBytes <= this.maxBytes) break;
      this.drop(id);
    }
  }

  private put(
    id: string,
    row: StoredRow | undefined,
    batch: number,
    times: Pick<Entry, "believedUntil" | "askedAt">,
  ): void {
    const before = this.entries.get(id);
    // Statements may end in another order than they began.
    if (before && before.batch > batch) return;
    const bytes = entryBytes + id.length + (row?.packed.length ?? 0);
    this.entries.delete(id);
    this.entries.set(id, { row: row && ofItsOwn(row), ...times, batch, bytes });
    this.usedBytes += bytes - (before?.bytes ?? 0);
  }
}

/** Returns how long a row is used without asking, in milliseconds. */
function beliefMsOf({ ttlUs }: CachedView): number {
  return ttlUs === null ? maxBeliefMs : Math.min(maxBeliefMs, (ttlUs / 1000) * beliefShare);
}

function idOf({ number }: Pick<CachedView, "number">, key: Buffer): string {
  return `${number}:${key.toString("latin1")}`;
}

/** Whether Postgres ended a statement that took too long. */
function isTimedOut(error: unknown): boolean {
  const { code } = (error instanceof Error ? (error.cause ?? error) : {}) as { code?: unknown };
  return code === "57014";
}

/** Whether Postgres does not respond, or not in time. */
export function isUnavailable(error: unknown): boolean {
  return (error instanceof DomainError ? error : storageRefusal(error))?.code === "unavailable" || isTimedOut(error);
}

/** Returns the last batch of a queue, or a new one if that is full. */
function withRoom(queue: Batch[], maxKeys: number): Batch {
  const last = queue.at(-1);
  if (last && last.keys.size < maxKeys) return last;
  const batch: Batch = { keys: new Map(), answers: Promise.withResolvers(), number: 0, sentAt: 0, written: new Set() };
  // Nobody may wait for it any more when it fails.
  batch.answers.promise.catch(() => {});
  queue.push(batch);
  return batch;
}

/** Copies the bytes of a row: as a part of what the driver read, they would keep all of it in memory. */
function ofItsOwn({ eventAt, createdAt, packed }: StoredRow): StoredRow {
  const own = Buffer.allocUnsafeSlow(packed.length);
  packed.copy(own);
  return { eventAt, createdAt, packed: own };
}
