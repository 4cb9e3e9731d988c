import { log } from "#server/base/log.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";
import type { FeatureRows, ReadRows, WrittenRow } from "#server/develop/features/rows/feature-rows.ts";
import type { CopiedRows, RedisRows } from "#server/develop/features/rows/redis/redis-rows.ts";

type Read = Parameters<FeatureRows["read"]>;

/** Rows in Redis are believed if all that was committed so long before is there. The worker sees to that four times a second. */
const trustUs = 2_000_000;
/** After Redis or Postgres has failed, it is not waited for during so long while the other one has rows. */
const pauseMs = 1_000;
/** Time that Postgres has while there are rows in Redis that are not believed. */
const postgresMs = 500;

/**
 * Reads rows from Valkey or Redis as long as it is known to have all of them, else from Postgres. While Postgres is away, rows in Redis are
 * used however old they are: their ages tell.
 */
export class MirroredRows implements FeatureRows {
  private readonly redis: RedisRows;
  private readonly postgres: FeatureRows;
  private readonly now: () => number;
  /** Until when neither is waited for, on the clock of performance.now(). */
  private skipsRedisUntil = Number.NEGATIVE_INFINITY;
  private skipsPostgresUntil = Number.NEGATIVE_INFINITY;
  /** Whether a row that was written here is in Postgres alone, as far as is known. */
  private lacksOwnRows = false;
  /** Redis is believed once it has all rows of this time of its clock, in microseconds. */
  private neededAt = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds of a clock that does not jump */
  constructor(redis: RedisRows, postgres: FeatureRows, now: () => number = () => performance.now()) {
    this.redis = redis;
    this.postgres = postgres;
    this.now = now;
  }

  /** @throws DomainError and errors of Postgres, if Redis is empty or away */
  async read(...[view, keys]: Read): Promise<ReadRows> {
    if (keys.length === 0) return { rows: [], readAt: undefined };
    const copy = await this.readCopy(view, keys);
    if (copy && this.isComplete(copy)) return copy;
    if (!copy) return this.postgres.read(view, keys);
    return (await this.readPostgres(view, keys)) ?? copy;
  }

  /**
   * Writes rows that were committed a moment ago, so that whoever wrote them reads them. Should it fail, they are read from Postgres until the worker
   * has written them.
   */
  async write(viewNumber: number, rows: readonly WrittenRow[]): Promise<void> {
    try {
      await this.redis.write({ number: viewNumber }, rows);
    } catch (error) {
      this.lacksOwnRows = true;
      this.skipsRedisUntil = this.now() + pauseMs;
      log.debug("feature_store.write_failed", { reason: (error as Error).message });
    }
  }

  private async readCopy(...[view, keys]: Read): Promise<CopiedRows | undefined> {
    if (this.now() < this.skipsRedisUntil) return undefined;
    try {
      const { lacksOwnRows } = this;
      const copy = await this.redis.readCopy(view, keys);
      if (copy && lacksOwnRows) {
        this.neededAt = copy.time;
        this.lacksOwnRows = false;
      }
      return copy;
    } catch (error) {
      this.skipsRedisUntil = this.now() + pauseMs;
      log.debug("feature_store.read_failed", { reason: (error as Error).message });
      return undefined;
    }
  }

  private isComplete({ time, completeAt }: CopiedRows): boolean {
    return time - completeAt <= trustUs && completeAt > this.neededAt && !this.lacksOwnRows;
  }

  /** Returns the rows of Postgres; undefined while it is away. */
  private async readPostgres(...[view, keys]: Read): Promise<ReadRows | undefined> {
    if (this.now() < this.skipsPostgresUntil) return undefined;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(late.resolve, postgresMs, undefined);
    try {
      const found = await Promise.race([this.postgres.read(view, keys), late.promise]);
      if (!found) this.skipsPostgresUntil = this.now() + pauseMs;
      return found;
    } catch (error) {
      if (storageRefusal(error)?.code !== "unavailable") throw error;
      this.skipsPostgresUntil = this.now() + pauseMs;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }
}
