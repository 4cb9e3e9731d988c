import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import type { FeatureRows, ReadRows, WrittenRow } from "#server/develop/features/rows/feature-rows.ts";
import type { CopiedRows, RedisRows } from "#server/develop/features/rows/redis/redis-rows.ts";

type Read = Parameters<FeatureRows["read"]>;

/** Rows in Redis are believed if all that was committed so long before is there. The worker sees to that four times a second. */
const trustUs = 2_000_000;
/** Redis has so long for each thousand keys before Postgres is asked as well: look-ups by key wait 20 ms for both. */
const hedgeMs = 8;
const hedgeKeys = 1_000;
/** Statements to Postgres that are under way beside a read of Redis. */
const maxHedges = 8;
/** While Redis or Postgres is away, it is tried so often, and no look-up waits for it. */
const tryMs = 500;
/** Time that Postgres has while there are rows in Redis that are not believed; a little less than clients wait. */
const postgresMs = 1_500;

/**
 * Reads rows from Valkey or Redis as long as it is known to have all of them, else from Postgres. While Postgres is away, rows in Redis are
 * used however old they are: their ages tell.
 */
export class MirroredRows implements FeatureRows {
  private readonly redis: Pick<RedisRows, "readCopy" | "writeCommitted" | "respond">;
  private readonly postgres: FeatureRows;
  private readonly identify: () => Promise<string>;
  private readonly now: () => number;
  /** The database that Postgres was when it was last asked, and when that was. */
  private identity: string | undefined;
  private identifiedAt = Number.NEGATIVE_INFINITY;
  /** Another one whose rows Redis had. */
  private foreign: string | undefined;
  private isRedisAway = false;
  private isPostgresAway = false;
  /** When Postgres was last tried while it was away. */
  private triedAt = Number.NEGATIVE_INFINITY;
  private probe: NodeJS.Timeout | undefined;
  private hedges = 0;
  /** Writes after which a row that was written here may be in Postgres alone, and how many of these `neededAt` covers. */
  private lost = 0;
  private covered = 0;
  /** Redis is believed once it has all rows of this time of its clock, in microseconds. */
  private neededAt = Number.NEGATIVE_INFINITY;
  /** Hashes that rows were last written to, and when. Others may lack them until the worker has written them. */
  private wrote = { epoch: "", time: Number.NEGATIVE_INFINITY };
  private isClosed = false;

  /**
   * @param identify returns which database Postgres is; rows of another one are not used
   * @param now milliseconds of a clock that does not jump
   */
  constructor(
    redis: Pick<RedisRows, "readCopy" | "writeCommitted" | "respond">,
    postgres: FeatureRows,
    identify: () => Promise<string>,
    now: () => number = () => performance.now(),
  ) {
    this.redis = redis;
    this.postgres = postgres;
    this.identify = identify;
    this.now = now;
  }

  /** @throws DomainError and errors of Postgres, if Redis is empty or away */
  async read(...[view, keys]: Read): Promise<ReadRows> {
    if (keys.length === 0) return { rows: [], readAt: undefined };
    if (this.isRedisAway) return this.postgres.read(view, keys);
    const copying = this.readCopy(view, keys);
    const isLate = await this.isLate(copying, hedgeMs * Math.ceil(keys.length / hedgeKeys));
    if (!isLate || this.isPostgresAway || this.hedges >= maxHedges) return this.complete(await copying, view, keys);
    this.hedges += 1;
    const rows = this.postgres.read(view, keys).finally(() => {
      this.hedges -= 1;
    });
    const first = await Promise.race([
      copying.then((copy) => (copy && this.isComplete(copy) ? copy : undefined)),
      rows.catch(() => undefined),
    ]);
    return first ?? this.complete(await copying, view, keys, rows);
  }

  /**
   * Writes rows that were committed a moment ago, so that whoever wrote them reads them. Should it fail, or Redis have rows of another database, they
   * are read from Postgres until the worker has written them.
   */
  async write(viewNumber: number, rows: readonly WrittenRow[]): Promise<void> {
    if (rows.length === 0) return;
    if (this.isRedisAway) {
      this.lost += 1;
      return;
    }
    const { identity } = this;
    if (identity === undefined) {
      // Nobody waits for Postgres to say which one it is.
      this.lost += 1;
      this.identifySoon();
      return;
    }
    try {
      const written = await this.redis.writeCommitted(viewNumber, rows, identity);
      if (!written) {
        this.lost += 1;
        this.identifySoon();
      } else if (written.epoch === this.wrote.epoch) this.wrote.time = Math.max(this.wrote.time, written.time);
      else this.turnTo(written.epoch, written.time);
    } catch (error) {
      this.lost += 1;
      this.noteAway();
      log.debug("feature_store.write_failed", { reason: (error as Error).message });
    }
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.probe);
  }

  private async readCopy(...[view, keys]: Read): Promise<CopiedRows | undefined> {
    const { lost } = this;
    try {
      const copy = await this.redis.readCopy(view, keys);
      if (!copy || !this.isOfOurs(copy)) return undefined;
      // What is committed by now was so when this was read, or is counted as lost since.
      if (lost > this.covered) {
        this.neededAt = Math.max(this.neededAt, copy.time);
        this.covered = lost;
      }
      if (copy.epoch !== this.wrote.epoch) this.turnTo(copy.epoch, Number.NEGATIVE_INFINITY);
      return copy;
    } catch (error) {
      this.noteAway();
      log.debug("feature_store.read_failed", { reason: (error as Error).message });
      return undefined;
    }
  }

  /** Whether rows are copies of this database: after a failover or restore it is another one, and two installations may have been given one Redis. */
  private isOfOurs({ identity }: CopiedRows): boolean {
    if (identity === undefined || identity === this.identity) return true;
    this.identifySoon(identity);
    return false;
  }

  /**
   * Asks which database Postgres is, unless that was done a moment ago.
   * @param other database whose rows Redis has
   */
  private identifySoon(other?: string): void {
    if (this.now() - this.identifiedAt < tryMs) return;
    this.identifiedAt = this.now();
    this.identify().then(
      (found) => {
        this.identity = found;
        if (other === undefined || found === other || this.foreign === other) return;
        this.foreign = other;
        log.warn("feature_store.other_database");
      },
      () => {},
    );
  }

  /** Notes that other hashes are the present ones: what was written to those before may be missing there. */
  private turnTo(epoch: string, time: number): void {
    this.neededAt = Math.max(this.neededAt, this.wrote.time);
    this.wrote = { epoch, time };
  }

  private isComplete({ time, completeAt }: CopiedRows): boolean {
    return time - completeAt <= trustUs && completeAt > this.neededAt && this.covered === this.lost;
  }

  /** Returns the rows of Redis if they are believed, else those of Postgres, which may have been asked for. */
  private async complete(
    copy: CopiedRows | undefined,
    view: Read[0],
    keys: Read[1],
    asked?: Promise<ReadRows>,
  ): Promise<ReadRows> {
    if (copy && this.isComplete(copy)) return copy;
    if (!copy) return asked ?? this.postgres.read(view, keys);
    if (this.isPostgresAway && !asked) {
      this.tryPostgres(view, keys);
      return copy;
    }
    return (await this.inTime(asked ?? this.postgres.read(view, keys))) ?? copy;
  }

  /** Returns the rows of Postgres; undefined if it is away, or they do not come in time. */
  private async inTime(reading: Promise<ReadRows>): Promise<ReadRows | undefined> {
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, postgresMs, undefined);
    try {
      const found = await Promise.race([reading, late.promise]);
      this.isPostgresAway = found === undefined;
      return found;
    } catch (error) {
      if (storageRefusal(error)?.code !== "unavailable") throw error;
      this.isPostgresAway = true;
      return undefined;
    } finally {
      clearTimeout(timer);
      // Nobody may wait for it any more when it fails.
      reading.catch(() => {});
    }
  }

  /** Looks whether Postgres is back, while look-ups go on without it. */
  private tryPostgres(view: Read[0], keys: Read[1]): void {
    if (this.now() - this.triedAt < tryMs) return;
    this.triedAt = this.now();
    this.inTime(this.postgres.read(view, keys)).catch(() => {});
  }

  /** Whether a read of Redis takes longer than it usually does. */
  private async isLate(copying: Promise<unknown>, ms: number): Promise<boolean> {
    const late = Promise.withResolvers<true>();
    // After a busy event loop, the timer is there before the reply that came meanwhile.
    const timer = setTimeout(() => setImmediate(late.resolve, true), ms);
    try {
      return (await Promise.race([copying.then(() => false), late.promise])) === true;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Notes that Redis does not respond. It is tried in the background until it does. */
  private noteAway(): void {
    this.isRedisAway = true;
    if (this.probe || this.isClosed) return;
    this.probe = setTimeout(async () => {
      const isBack = await this.redis.respond().then(
        () => true,
        () => false,
      );
      this.probe = undefined;
      if (isBack) this.isRedisAway = false;
      else this.noteAway();
    }, tryMs);
    this.probe.unref();
  }
}
