import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import { noteExecution } from "./note-execution.ts";
import { SetAsideBook, type WatchedItem } from "./set-aside-book.ts";
import type { WatcherName } from "./watcher-names.ts";

/**
 * Evaluates one item under the failure policy of watchers.
 * @param afterFailure runs after a failure, for what people see at the item; its own failure is only logged
 * @returns what `work` returns; undefined when it failed, or when the item is set aside until its next retry
 */
export type Attempt = <Result>(
  item: WatchedItem,
  work: () => Promise<Result>,
  afterFailure?: (cause: unknown) => Promise<unknown>,
) => Promise<Result | undefined>;

export interface Round {
  db: Database;
  /** When the round started, in milliseconds since 1970 on the database's clock, which all workers share. */
  startedAt: number;
  /** The time now, on the same clock. */
  now(): number;
  /** Whether the watcher should end after the item at hand. */
  isStopping(): boolean;
  attempt: Attempt;
  /** Whether an item failed last time, due for its retry or not: batches leave it out, and it is attempted alone. */
  isSetAside(itemId: string): boolean;
}

interface WatcherSpec {
  name: WatcherName;
  db: Database;
  /** Time between the start of two rounds. */
  everyMs: number;
  /** Evaluates everything that is due. */
  run(round: Round): Promise<void>;
  /** Starts a round at once when something relevant changed. */
  wake?: { feed: Pick<EventFeed, "subscribe">; when(change: Exclude<ChangeMessage, "missed">): boolean };
  /** Maximum time between retries of an item that keeps failing. */
  maxRetryMs?: number;
  /** Whether the worker starts without waiting for the first round, which may read weeks of data. */
  startsInBackground?: boolean;
}

const defaultMaxRetryMs = 600_000;
/** Shortest time without progress after which a watcher stands still: far longer than a round on a busy machine. */
const minStandstillMs = 60_000;
/** The same for those that may read weeks of data for one item. */
const minBackgroundStandstillMs = 900_000;
/** Rounds that a watcher may miss. */
const maxMissedRounds = 10;
/** Rounds run up to twice a second. They are recorded at most this often, unless they begin or cease to fail. */
const recordMs = 10_000;

/**
 * Evaluates rows again and again: the one loop of the worker. Several workers may run the same watcher, so `run` must take each item for
 * itself. An item that fails is set aside, shown on the page of recurring work and retried later, after a delay that doubles; it stops
 * neither the other items nor the loop. When a whole round fails, for example without a database, the next one tries again.
 */
export class Watcher {
  readonly name: WatcherName;
  private readonly spec: WatcherSpec;
  private readonly rounds: Refresher;
  private readonly book: SetAsideBook;
  private unsubscribe: (() => void) | undefined;
  private readonly inFlight = new Set<Promise<unknown>>();
  private stopping = false;
  /** On the clock of performance.now(), like all times below. */
  private completedAt = performance.now();
  /** Last completed round or item: of a long round, items are the progress. */
  private progressedAt = performance.now();
  private record = { at: Number.NEGATIVE_INFINITY, failed: false };
  /** Of the rounds since the last record. */
  private items = 0;
  private maxDurationMs = 0;

  constructor(spec: WatcherSpec) {
    this.spec = spec;
    this.name = spec.name;
    this.book = new SetAsideBook(spec.db, spec.name, {
      first: Math.max(1_000, Math.min(spec.everyMs, 15_000)),
      longest: spec.maxRetryMs ?? defaultMaxRetryMs,
    });
    this.rounds = new Refresher(spec.name, spec.everyMs, () => this.evaluate());
  }

  /** Starts the rounds. Resolves after the first one, unless it runs in the background. */
  async start(): Promise<void> {
    const { wake } = this.spec;
    this.unsubscribe = wake?.feed.subscribe((change) => {
      if (change === "missed" || wake.when(change)) this.wake();
    });
    const first = this.rounds.start();
    if (!this.spec.startsInBackground) await first;
  }

  /** Starts a round now, or right after the current one. */
  wake(): void {
    if (!this.stopping) void this.rounds.now();
  }

  /** Starts no more rounds. Resolves when the item at hand is done, and after at most so many seconds for attempts outside rounds. */
  async stop(seconds = 0): Promise<void> {
    this.stopping = true;
    this.unsubscribe?.();
    await this.rounds.stop();
    await Promise.race([Promise.all(this.inFlight), pause(seconds * 1000, undefined, { ref: false })]);
  }

  /** Milliseconds since a round last succeeded; since the watcher was created, if none has. */
  get ageMs(): number {
    return performance.now() - this.completedAt;
  }

  /** Whether neither a round nor an item has been completed for many times the interval. Items set aside delay neither. */
  get isStandingStill(): boolean {
    const { everyMs, startsInBackground } = this.spec;
    const limitMs = Math.max(
      startsInBackground ? minBackgroundStandstillMs : minStandstillMs,
      maxMissedRounds * everyMs,
    );
    return performance.now() - this.progressedAt > limitMs;
  }

  /** Runs `work` for an item under the failure policy, also outside a round. */
  readonly attempt: Attempt = (item, work, afterFailure) => {
    const countBytes = () => {
      this.items += 1;
      return work();
    };
    const attempt = this.book.attempt(item, countBytes, afterFailure).finally(() => {
      this.progressedAt = performance.now();
      this.inFlight.delete(attempt);
    });
    this.inFlight.add(attempt);
    return attempt;
  };

  /**
   * Runs one round.
   * @param at milliseconds since 1970; the database's clock when left out
   * @throws what `run` throws outside its attempts
   */
  async evaluate(at?: number): Promise<void> {
    const { db, run } = this.spec;
    const beganAt = performance.now();
    try {
      await this.book.open(at);
      const startedAt = this.book.now();
      const now = () => this.book.now();
      const isSetAside = (id: string) => this.book.has(id);
      await run({ db, startedAt, now, isStopping: () => this.stopping, attempt: this.attempt, isSetAside });
    } catch (cause) {
      await this.note(beganAt, cause);
      throw cause;
    }
    this.completedAt = performance.now();
    this.progressedAt = this.completedAt;
    await this.note(beganAt);
  }

  /** Records the round. A record that cannot be written is made up for by the next round. */
  private async note(beganAt: number, problem?: unknown): Promise<void> {
    this.maxDurationMs = Math.max(this.maxDurationMs, performance.now() - beganAt);
    const failed = problem !== undefined;
    if (failed === this.record.failed && performance.now() - this.record.at < recordMs) return;
    const execution = { name: this.name, durationMs: this.maxDurationMs, items: this.items, problem };
    try {
      await noteExecution(this.spec.db, execution);
      this.record = { at: performance.now(), failed };
      this.items -= execution.items;
      this.maxDurationMs = 0;
    } catch (cause) {
      log.debug("watcher.round_not_recorded", { watcher: this.name, cause });
    }
  }
}

/** Evaluates an item once, without a watcher: a failure is logged, and nothing is set aside. */
export const attemptOnce: Attempt = async (item, work, afterFailure) => {
  try {
    return await work();
  } catch (cause) {
    log.error("watcher.item_failed", { item: item.id, cause });
    await afterFailure?.(cause);
    return undefined;
  }
};
