import { databaseError } from "#server/base/database-error.ts";
import { log } from "#server/base/log.ts";
import { type ArrivedRow, maxGapUs, type Position } from "#server/develop/features/arrivals/follow-arrivals.ts";
import type { KeyedRow, ReadRows, RowOrigin } from "#server/develop/features/rows/feature-rows.ts";
import { maxLateMs } from "./cached-rows.ts";
import { HeldView, rowBytes } from "./held-view.ts";
import { StoreClock } from "./store-clock.ts";

/** Where views are read, and followed. */
export interface FollowedStore {
  /** Number of rows of a view, and their packed size with their keys; both of at most so many rows. */
  sizeOf(viewNumber: number, maxRows: number): Promise<{ rows: number; packedBytes: number }>;
  scan(viewNumber: number): AsyncGenerator<KeyedRow[]>;
  position(): Promise<Position>;
  /** By view, a text that changes with each removal of an entity key. */
  removals(viewNumbers: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** As arrivalsSince() of server/develop/features/arrivals/follow-arrivals.ts. */
  arrivals(since: Position, viewNumbers: readonly number[]): AsyncGenerator<{ rows: ArrivedRow[]; position: Position }>;
}

interface Limits {
  /** Memory for the rows of all views; 0 holds none. */
  maxBytes: number;
  /** Greatest packed size of a view that is held. */
  maxViewBytes: number;
  /** Look-ups within ten seconds after which a view is loaded. */
  minLookUps?: number;
}

/** Rows that were found in memory. */
interface HeldRows extends ReadRows {
  readAt: number;
  isLate: false;
  sources: RowOrigin[];
}

/** Keys of a view that were written here and are awaited. With more, what arrives seems not to come, and the view is read anew. */
const maxWrittenKeys = 200_000;
/** Time between rounds of following, while a view is used. */
const everyMs = 250;
/** Rows are used for so long after they were current. Older ones are used only while Postgres is away. */
const maxAgeMs = 1_000;
/** A failed round shows for so long that Postgres is away; the next one begins sooner. */
const awayMs = 2_000;
/** Following pauses when no view has been used for so long. */
const pauseAfterMs = 5_000;
/** A view that was not used for so long makes room. */
const dropAfterMs = 600_000;
/** One that was not used for so long makes room for another. */
const yieldAfterMs = 60_000;
/** A view that is too large is measured again after so long. */
const refusedMs = 600_000;
const defaultMinLookUps = 20;
const countedMs = 10_000;
const maxCounted = 10_000;

/**
 * Views of which all rows are in memory (docs/spec/features.md section 10.6). A view is loaded when it is looked up often and is small. Four times a second, while
 * views are used, the rows that became visible since the last round are read, for all views in one statement. Rows that are not known to be current
 * are not given, unless Postgres is away: then the last known ones are, and their ages tell.
 */
export class HeldViews {
  private readonly store: FollowedStore;
  private readonly limits: Required<Limits>;
  private readonly now: () => number;
  private readonly views = new Map<number, HeldView>();
  /** Look-ups of views that are not held. */
  private readonly counted = new Map<number, { lookUps: number; since: number }>();
  /** Views that are too large, until when. */
  private readonly refused = new Map<number, number>();
  private loading: Promise<void> | undefined;
  private position: Position | undefined;
  /** Everything that was committed before this time is in memory, on the clock of performance.now(). */
  private currentAt = Number.NEGATIVE_INFINITY;
  private readonly clock: StoreClock;
  /** Rounds that have begun. */
  private rounds = 0;
  private round: Promise<void> | undefined;
  private failedAt = Number.NEGATIVE_INFINITY;
  /** When the round under way last made progress. */
  private progressedAt = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Ends the views when nobody has used them for long. */
  private dropTimer: NodeJS.Timeout | undefined;
  private usedAt = Number.NEGATIVE_INFINITY;
  private isClosed = false;

  /** @param now milliseconds of a clock that does not jump */
  constructor(store: FollowedStore, limits: Limits, now: () => number = () => performance.now()) {
    this.store = store;
    this.limits = { minLookUps: defaultMinLookUps, ...limits };
    this.now = now;
    this.clock = new StoreClock(now);
  }

  /** Returns the rows of keys if the view is held and current, or Postgres is away; else undefined. */
  read(number: number, keys: readonly Buffer[]): HeldRows | undefined {
    if (this.limits.maxBytes === 0) return undefined;
    const now = this.now();
    this.usedAt = now;
    const view = this.views.get(number);
    if (!view) {
      this.count(number, now);
      return undefined;
    }
    view.usedAt = now;
    if (!view.isComplete) return undefined;
    if (now - this.currentAt > maxAgeMs) {
      this.wake();
      if (!this.isAway(now)) return undefined;
    }
    const rows = view.read(keys);
    return rows && this.found(rows);
  }

  /**
   * Returns the rows of keys as they were last known, for when nothing else has them; undefined if the view is not held, or if Postgres is merely late
   * and they were not current a moment ago.
   * @param isAway whether Postgres is known to be away
   */
  readAnyway(number: number, keys: readonly Buffer[], isAway: boolean): HeldRows | undefined {
    const view = this.views.get(number);
    if (!view?.isComplete) return undefined;
    const now = this.now();
    if (isAway || this.isAway(now)) return this.found(view.readAnyway(keys));
    const rows = now - this.currentAt <= maxLateMs ? view.read(keys) : undefined;
    return rows && this.found(rows);
  }

  /** Withholds rows that were just written here until they are in memory, so that whoever wrote them reads them. */
  evict({ number }: { readonly number: number }, keys: readonly Buffer[]): void {
    const view = this.views.get(number);
    if (!view) return;
    if (this.isPaused) {
      // Whoever looks next waits for a round, which has these rows: there is no need to note them for as long as nobody looks.
      this.currentAt = Number.NEGATIVE_INFINITY;
      return;
    }
    // The round under way may have read before the commit.
    view.noteWritten(keys, this.rounds + 1);
    if (view.writtenKeys > maxWrittenKeys) this.views.delete(number);
  }

  /** Drops a view from which an entity key was removed, also one that is being loaded: no round may come that sees the removal. */
  evictRemoved(number: number): void {
    this.views.delete(number);
  }

  /** Memory that the rows take. */
  get bytes(): number {
    let sum = 0;
    for (const view of this.views.values()) sum += view.bytes;
    return sum;
  }

  /** Resolves when views that are being loaded are, or are not. */
  async settled(): Promise<void> {
    while (this.loading) await this.loading;
  }

  /** Reads what has arrived, now or right after the round under way. */
  async follow(): Promise<void> {
    await this.round;
    this.round ??= this.runRound().finally(() => {
      this.round = undefined;
    });
    await this.round;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    clearTimeout(this.dropTimer);
    await this.settled();
    await this.round;
  }

  private found(rows: ReadRows["rows"]): HeldRows {
    const sources = rows.map((): RowOrigin => "held");
    return { rows, readAt: this.clock.now(), isLate: false, sources };
  }

  /** Whether nothing is followed, since nobody looks. */
  private get isPaused(): boolean {
    return !this.timer && !this.round && !this.loading;
  }

  /** Whether Postgres does not respond, as far as is known. */
  private isAway(now: number): boolean {
    return now - this.failedAt <= awayMs || (this.round !== undefined && now - this.progressedAt > maxAgeMs);
  }

  private count(number: number, now: number): void {
    if ((this.refused.get(number) ?? 0) > now) return;
    if (this.counted.size >= maxCounted) this.counted.clear();
    const known = this.counted.get(number);
    const counted = known && now - known.since <= countedMs ? known : { lookUps: 0, since: now };
    counted.lookUps += 1;
    this.counted.set(number, counted);
    if (counted.lookUps < this.limits.minLookUps || this.loading || this.isClosed) return;
    this.counted.delete(number);
    this.loading = this.load(number)
      .catch((cause: unknown) => {
        this.views.delete(number);
        log.warn("features.view_not_held", { viewNumber: number, reason: databaseError(cause).message });
      })
      .finally(() => {
        this.loading = undefined;
      });
  }

  /**
   * Reads all rows of a view. It is followed from before the first is read, so each row is either read or arrives. A round that begins after the
   * last was read completes it: of rows with equal times, only what arrives says which was written later.
   */
  private async load(number: number): Promise<void> {
    const { maxBytes, maxViewBytes } = this.limits;
    const maxRows = Math.floor(maxBytes / rowBytes);
    const { rows, packedBytes } = await this.store.sizeOf(number, maxRows + 1);
    if (rows > maxRows || packedBytes > maxViewBytes) return this.refuse(number);
    // A round that began without the view would step over what arrives for it.
    while (this.round) await this.round;
    if (this.views.size === 0) this.position = undefined;
    const view = new HeldView(number, this.now());
    this.views.set(number, view);
    view.removals = (await this.store.removals([number])).get(number);
    this.position ??= await this.store.position();
    for await (const page of this.store.scan(number)) {
      if (this.views.get(number) !== view || this.isClosed) return;
      for (const row of page) view.take(row, 0);
      if (!this.fits(view)) return this.refuse(number);
    }
    const scannedAt = this.now();
    await this.follow();
    if (this.currentAt < scannedAt) throw new Error("Could not read the rows that arrived in the meantime.");
    if (this.views.get(number) !== view) return;
    view.isComplete = true;
    this.schedule();
  }

  private refuse(number: number): void {
    this.views.delete(number);
    this.refused.set(number, this.now() + refusedMs);
    if (this.refused.size > maxCounted) this.refused.clear();
  }

  /** Whether a view has room, after views that were not used for a while have made it. */
  private fits(view: HeldView): boolean {
    const { maxBytes, maxViewBytes } = this.limits;
    if (view.packedBytes > maxViewBytes) return false;
    let { bytes } = this;
    const oldestFirst = [...this.views.values()].sort((a, b) => a.usedAt - b.usedAt);
    for (const other of oldestFirst) {
      if (bytes <= maxBytes) break;
      if (other === view || this.now() - other.usedAt < yieldAfterMs) continue;
      this.views.delete(other.number);
      bytes -= other.bytes;
    }
    return bytes <= maxBytes;
  }

  private schedule(): void {
    if (this.isClosed || this.timer) return;
    clearTimeout(this.dropTimer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.tick();
    }, everyMs);
    this.timer.unref();
  }

  /** Follows, and again after a while, unless no view is used. */
  private tick(): void {
    const now = this.now();
    for (const [number, { usedAt }] of this.views) if (now - usedAt > dropAfterMs) this.views.delete(number);
    if (this.views.size === 0) return;
    if (now - this.usedAt > pauseAfterMs) {
      this.dropTimer = setTimeout(() => this.tick(), dropAfterMs);
      this.dropTimer.unref();
      return;
    }
    this.schedule();
    if (!this.round) void this.follow();
  }

  private wake(): void {
    if (!this.timer) this.schedule();
    if (!this.round) void this.follow();
  }

  private async runRound(): Promise<void> {
    const { position } = this;
    if (!position) return;
    this.rounds += 1;
    const { rounds } = this;
    const beganAt = this.now();
    this.progressedAt = beganAt;
    try {
      const removals = await this.store.removals([...this.views.keys()]);
      for (const view of this.views.values()) {
        // What was removed does not arrive, so the view is read anew.
        if (view.isComplete && view.removals !== removals.get(view.number)) this.views.delete(view.number);
      }
      const numbers = [...this.views.keys()];
      let reached = position;
      const askedMs = this.now();
      for await (const page of this.store.arrivals(position, numbers)) {
        this.progressedAt = this.now();
        if (!continues(position, page.position)) return this.begin("the database is another one, or was away for long");
        if (reached === position) this.clock.note(page.position.readAt, askedMs);
        reached = page.position;
        for (const row of page.rows) this.views.get(row.viewNumber)?.take(row, row.sequence);
        // Much may have arrived since the last round.
        this.keepWithinLimits();
      }
      this.position = reached;
      this.currentAt = beganAt;
      this.failedAt = Number.NEGATIVE_INFINITY;
      for (const view of this.views.values()) view.noteRound(rounds);
    } catch (cause) {
      const isFirst = this.failedAt === Number.NEGATIVE_INFINITY;
      this.failedAt = this.now();
      if (isFirst) log.warn("features.follow_failed", { reason: databaseError(cause).message });
    }
  }

  /** Forgets everything: what was followed cannot be continued. */
  private begin(reason: string): void {
    log.info("features.held_views_dropped", { reason });
    this.views.clear();
    this.position = undefined;
  }

  private keepWithinLimits(): void {
    for (const view of [...this.views.values()]) if (!this.fits(view)) this.refuse(view.number);
  }
}

/** Whether arrivals that were read at `reached` continue what was read up to `before`. */
function continues(before: Position, reached: Position): boolean {
  return before.identity === reached.identity && reached.readAt - before.readAt <= maxGapUs;
}
