import { databaseError } from "#server/base/database-error.ts";
import { log } from "#server/base/log.ts";
import type { RemovedKey } from "#server/develop/features/removal/removals.ts";

/** Changes that come together are looked at together. */
const everyMs = 500;
const retryMs = 1_000;
/** A removal becomes visible when its transaction ends, which is later than its time. */
const slackMs = 600_000;
/**
 * A removal is applied again after so long: until then, a look-up may still have got the row from a copy of the rows, as Valkey or Redis, that is believed for
 * two seconds.
 */
const againMs = 3_000;

/** What is known of a removal. */
type Removal = Pick<RemovedKey, "id" | "viewNumber" | "key">;

interface Applied {
  /** When it was first applied, on the clock of performance.now(). */
  firstAt: number;
  /** Kept until it has been applied again. */
  key: Buffer | null;
  isDone: boolean;
}

/**
 * Evicts rows of entity keys that are removed (docs/spec/features.md section 20), whether or not somebody looks them up: what is in memory would be served
 * again while Postgres is away. It looks for removals when something of features has changed, and when such news may have been missed.
 */
export class RemovedKeys {
  private readonly list: (withinMs: number) => Promise<readonly Removal[]>;
  private readonly evict: (removed: Omit<Removal, "id">) => void;
  private readonly now: () => number;
  private applied = new Map<string, Applied>();
  /** Removals that ended before then are applied: at first there was nothing in memory. */
  private lookedAt: number;
  private looking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private isClosed = false;

  /**
   * @param list lists removals that were requested, or have ended, in the last milliseconds
   * @param evict evicts the row of a key, or all rows of the view if the key is not known any more
   * @param now milliseconds of a clock that does not jump
   */
  constructor(
    list: (withinMs: number) => Promise<readonly Removal[]>,
    evict: (removed: Omit<Removal, "id">) => void,
    now: () => number = () => performance.now(),
  ) {
    this.list = list;
    this.evict = evict;
    this.now = now;
    this.lookedAt = now();
  }

  /** Looks for removals, at once or soon after the last time. */
  check(): void {
    this.plan(Math.max(0, this.lookedAt + everyMs - this.now()));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** Looks after some time, unless it does so sooner. */
  private plan(ms: number): void {
    const at = this.now() + ms;
    if (this.isClosed || this.dueAt <= at) return;
    this.dueAt = at;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.dueAt = Number.POSITIVE_INFINITY;
      // One after the other: the next one has to see what is committed now.
      this.looking = (this.looking ?? Promise.resolve()).then(() => this.look());
    }, ms);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    if (this.isClosed) return;
    const now = this.now();
    try {
      const found = await this.list(now - this.lookedAt + slackMs);
      const applied = new Map<string, Applied>();
      for (const removed of found) applied.set(removed.id, this.apply(removed, now));
      this.applied = applied;
      this.lookedAt = now;
      if ([...applied.values()].some(({ isDone }) => !isDone)) this.plan(againMs);
    } catch (cause) {
      log.debug("features.removals_failed", { reason: databaseError(cause).message });
      this.plan(retryMs);
    }
  }

  private apply({ id, viewNumber, key: given }: Removal, now: number): Applied {
    const before = this.applied.get(id);
    if (before?.isDone) return before;
    const { firstAt, key } = before ?? { firstAt: now, key: given };
    this.evict({ viewNumber, key });
    const isDone = now - firstAt >= againMs;
    return { firstAt, key: isDone ? null : key, isDone };
  }
}
