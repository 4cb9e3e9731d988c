import { DomainError } from "#server/base/errors.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import type { FeatureRows, ReadRows, StoredRow } from "#server/develop/features/rows/feature-rows.ts";

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
}

interface Entry {
  row: StoredRow | undefined;
  /** Until when it is used without asking; afterwards, only while Postgres cannot be asked. */
  believedUntil: number;
  bytes: number;
}

type Answers = ReadonlyMap<string, StoredRow | undefined>;

/** Clock of this process, in microseconds since 1970. */
const ownTime = () => Date.now() * 1000;

/** Keys of one view that are asked for in one statement. */
interface Batch {
  keys: Map<string, Buffer>;
  answers: PromiseWithResolvers<Answers>;
}

/** Batches of a view. */
interface Asking {
  view: CachedView;
  /** Collects the keys of this turn of the event loop. */
  next: Batch | undefined;
  /** By batch, the keys that were written since it was sent: its answer may have the rows before. */
  sent: Map<Batch, Set<string>>;
}

const maxBeliefMs = 1_000;
/** A row is believed for this share of its TTL, so that it is never shown much longer than it counts. */
const beliefShare = 1 / 20;
/** Memory that an entry takes besides its key and its row. */
const entryBytes = 400;
/** Statements for one view at a time; further keys wait and are asked for together. */
const maxSent = 4;
const maxKeysOfBatch = 100_000;

/**
 * Latest rows in memory (docs/spec/features.md section 10.6). The least recently used are dropped. A row is believed for at most a second, then
 * asked for again, and so is that a key has none. All keys that are missing in one turn of the event loop are asked for in one statement
 * per view. While Postgres does not respond, older copies are used: their ages tell.
 */
export class CachedRows {
  private readonly source: FeatureRows;
  private readonly maxBytes: number;
  private readonly now: () => number;
  private readonly entries = new Map<string, Entry>();
  private readonly asking = new Map<number, Asking>();
  private usedBytes = 0;
  /** Whether the last statement failed because Postgres is unavailable. */
  private isAway = false;
  /** How far the clock of the database is ahead of this process, in microseconds; ages are judged by it. */
  private aheadUs = 0;

  /**
   * @param maxBytes memory for rows; 0 caches nothing
   * @param now milliseconds of a clock that does not jump
   */
  constructor(source: FeatureRows, maxBytes: number, now: () => number = () => performance.now()) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.now = now;
  }

  /**
   * Returns the latest rows of some keys.
   * @param withinMs time to wait for Postgres
   * @throws DomainError "unavailable" while Postgres is, if a row has no copy here
   */
  async read(view: CachedView, keys: readonly Buffer[], withinMs = 20): Promise<FoundRows> {
    const rows = new Array<StoredRow | undefined>(keys.length);
    const ids = keys.map((key) => idOf(view, key));
    const now = this.now();
    const missing: number[] = [];
    for (let index = 0; index < ids.length; index += 1) {
      const entry = this.use(ids[index] as string);
      if (entry && entry.believedUntil > now) rows[index] = entry.row;
      else missing.push(index);
    }
    if (missing.length === 0) return { rows, readAt: ownTime() + this.aheadUs, isLate: false };
    const answers = await this.answersFor(
      view,
      missing.map((index) => [ids[index] as string, keys[index] as Buffer]),
      withinMs,
    );
    let isLate = false;
    for (const index of missing) {
      const id = ids[index] as string;
      if (answers) rows[index] = answers.get(id);
      else if (this.entries.has(id)) rows[index] = this.entries.get(id)?.row;
      else isLate = true;
    }
    return { rows, readAt: ownTime() + this.aheadUs, isLate };
  }

  /** Asks again for rows that were just written here, so that whoever wrote them reads them. */
  evict({ number }: Pick<CachedView, "number">, keys: readonly Buffer[]): void {
    const asking = this.asking.get(number);
    for (const key of keys) {
      const id = idOf({ number }, key);
      const entry = this.entries.get(id);
      if (entry) entry.believedUntil = Number.NEGATIVE_INFINITY;
      for (const written of asking?.sent.values() ?? []) written.add(id);
    }
  }

  /** Memory that the rows take. */
  get bytes(): number {
    return this.usedBytes;
  }

  /** Returns an entry, as the most recently used one. */
  private use(id: string): Entry | undefined {
    const entry = this.entries.get(id);
    if (!entry) return undefined;
    this.entries.delete(id);
    this.entries.set(id, entry);
    return entry;
  }

  /** Returns the rows that Postgres has; undefined if copies have to do. */
  private async answersFor(
    view: CachedView,
    keys: readonly (readonly [string, Buffer])[],
    withinMs: number,
  ): Promise<Answers | undefined> {
    const asked = this.join(view, keys);
    const hasCopies = keys.every(([id]) => this.entries.has(id));
    if (this.isAway && hasCopies) {
      asked.catch(() => {});
      return undefined;
    }
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, withinMs, undefined);
    try {
      return await Promise.race([asked, late.promise]);
    } catch (error) {
      if (hasCopies && storageRefusal(error)?.code === "unavailable") return undefined;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Adds keys to the next statement. */
  private join(view: CachedView, keys: readonly (readonly [string, Buffer])[]): Promise<Answers> {
    const asking = this.asking.get(view.number) ?? { view, next: undefined, sent: new Map() };
    this.asking.set(view.number, asking);
    asking.view = view;
    if (!asking.next) {
      asking.next = { keys: new Map(), answers: Promise.withResolvers() };
      const batch = asking.next;
      // Nobody may wait for it any more when it fails.
      batch.answers.promise.catch(() => {});
      setImmediate((of: Asking) => this.send(of), asking);
    }
    const { next } = asking;
    if (next.keys.size + keys.length > maxKeysOfBatch && next.keys.size > 0) {
      throw new DomainError("unavailable", "Postgres does not respond in time.", { retryAfterSeconds: 1 });
    }
    for (const [id, key] of keys) next.keys.set(id, key);
    return next.answers.promise;
  }

  /** Sends the next statement of a view, unless too many are under way. */
  private send(asking: Asking): void {
    const { next: batch, sent, view } = asking;
    if (!batch || sent.size >= maxSent) return;
    asking.next = undefined;
    const written = new Set<string>();
    sent.set(batch, written);
    const ids = [...batch.keys.keys()];
    this.source
      .read(view, [...batch.keys.values()])
      .then(({ rows, readAt }) => {
        this.isAway = false;
        if (readAt !== undefined) this.aheadUs = readAt - ownTime();
        batch.answers.resolve(new Map(ids.map((id, index) => [id, rows[index]])));
        this.keep(view, ids, rows, written);
      })
      .catch((error: unknown) => {
        this.isAway = storageRefusal(error)?.code === "unavailable";
        batch.answers.reject(error);
      })
      .finally(() => {
        sent.delete(batch);
        if (asking.next) this.send(asking);
        else if (sent.size === 0) this.asking.delete(view.number);
      });
  }

  private keep(
    view: CachedView,
    ids: readonly string[],
    rows: readonly (StoredRow | undefined)[],
    written: ReadonlySet<string>,
  ): void {
    if (this.maxBytes === 0) return;
    const now = this.now();
    const beliefMs = beliefMsOf(view);
    for (const [index, id] of ids.entries()) {
      if (!written.has(id)) this.put(id, rows[index], now, now + beliefMs);
    }
    for (const [id, { bytes }] of this.entries) {
      if (this.usedBytes <= this.maxBytes) break;
      this.entries.delete(id);
      this.usedBytes -= bytes;
    }
  }

  private put(id: string, row: StoredRow | undefined, now: number, believedUntil: number): void {
    const before = this.entries.get(id);
    // Statements may end in another order than they began.
    if (before && before.believedUntil > now && isNewer(before.row, row)) return;
    const bytes = entryBytes + id.length + (row?.packed.length ?? 0);
    this.entries.delete(id);
    this.entries.set(id, { row: row && ofItsOwn(row), believedUntil, bytes });
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

function isNewer(row: StoredRow | undefined, other: StoredRow | undefined): boolean {
  if (!row || !other) return false;
  return row.eventAt > other.eventAt || (row.eventAt === other.eventAt && row.createdAt > other.createdAt);
}

/** Copies the bytes of a row: as a part of what the driver read, they would keep all of it in memory. */
function ofItsOwn({ eventAt, createdAt, packed }: StoredRow): StoredRow {
  const own = Buffer.allocUnsafeSlow(packed.length);
  packed.copy(own);
  return { eventAt, createdAt, packed: own };
}
