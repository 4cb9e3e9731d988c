import { randomUUID } from "node:crypto";
import type { Database } from "#db/client.ts";
import { featureViews } from "#db/schema/index.ts";
import { log } from "#server/base/log.ts";
import {
  type ArrivedRow,
  arrivalsSince,
  maxGapUs,
  type Position,
  positionNow,
} from "../../arrivals/follow-arrivals.ts";
import { type RemovedKey, removalsSince } from "../../removal/removals.ts";
import type { KeyedRow } from "../feature-rows.ts";
import { postgresRows } from "../postgres-rows.ts";
import { LeaseLost, type Mark, type RedisRows } from "./redis-rows.ts";

/** Time after which another process may go on. Longer than a page takes. */
const leaseMs = 15_000;
/** Time that a round copies before what arrived meanwhile is written. */
const copyMs = 5_000;
const cleanMs = 600_000;
const checkMs = 60_000;
/** A removal becomes visible when its transaction ends, which is later than its time. */
const removalSlackMs = 600_000;
/** A clock that took longer to read says little about the difference between two. */
const maxClockUs = 50_000;

/** Rows that are being copied anew. */
interface Copying {
  epoch: string;
  aheadUs: number;
  /** From before the first row was read. */
  from: Position;
  /** What has arrived up to here is written. */
  position: Position;
  pages: AsyncGenerator<{ number: number; rows: KeyedRow[] }>;
}

/**
 * Keeps the rows in Valkey or Redis as they are in Postgres. Whoever writes rows also writes them to Redis, but may be killed between both, or
 * not reach Redis; so all arrivals are followed and written again, where they change nothing if they are there. Then the mark says up to
 * which moment all rows are there. An empty Redis, one that missed more than the arrivals that are kept, and one with rows of another database get all
 * rows anew, in hashes of another epoch, while readers go on with the old ones or Postgres. Any number of processes may do this; a lease lets one.
 */
export class RowMirror {
  private readonly db: Database;
  private readonly redis: RedisRows;
  private readonly holder = randomUUID();
  private copying: Copying | undefined;
  /** Removals of entity keys that were applied to an epoch. */
  private removed: { epoch: string; ids: ReadonlySet<string> } = { epoch: "", ids: new Set() };
  private cleanedAt = Number.NEGATIVE_INFINITY;
  private checkedAt = Number.NEGATIVE_INFINITY;

  constructor(db: Database, redis: RedisRows) {
    this.db = db;
    this.redis = redis;
  }

  /** Writes what has arrived since the last round, or goes on copying. @throws RedisUnavailable; Error if Redis may drop rows */
  async round(isStopping: () => boolean = () => false): Promise<void> {
    try {
      await this.work(isStopping);
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      // This process stood still for long. The other one goes on from the mark.
      this.copying = undefined;
    }
  }

  private async work(isStopping: () => boolean): Promise<void> {
    const lease = await this.redis.lease(this.holder, leaseMs);
    // Who had it meanwhile may have removed what was copied.
    if (lease !== "kept") this.copying = undefined;
    if (!lease) return;
    await this.check();
    const mark = await this.redis.mark();
    const reached = mark && (await this.follow(mark));
    if (reached) {
      this.copying = undefined;
      await this.removeKeys(mark.epoch, mark.position);
      await this.redis.confirm(reached.mark, reached.completeAt, this.holder);
    } else await this.copy(isStopping);
    await this.clean();
  }

  /** Keeps the lease. @throws LeaseLost if it was not held all the time: what was read before may be old */
  private async prolong(): Promise<void> {
    if ((await this.redis.lease(this.holder, leaseMs)) !== "kept") throw new LeaseLost();
  }

  /** Fails if Redis may drop rows. */
  private async check(): Promise<void> {
    if (performance.now() - this.checkedAt < checkMs) return;
    if (await this.redis.mayEvict()) {
      await this.redis.deleteMark();
      throw new Error("Redis may drop rows of features. Set its maxmemory-policy to noeviction.");
    }
    this.checkedAt = performance.now();
  }

  /**
   * Writes everything that was committed since a mark.
   * @returns the next mark, and the time of Redis up to which all rows are there; undefined if arrivals are missing, or are of another database
   */
  private async follow(mark: Mark): Promise<{ mark: Mark; completeAt: number } | undefined> {
    const completeAt = await this.redis.time();
    const numbers = new Set(await this.viewNumbers());
    let reached: Position | undefined;
    let { aheadUs } = mark;
    for await (const { rows, position } of arrivalsSince(this.db, mark.position, [...numbers])) {
      if (!reached) {
        if (position.identity !== mark.position.identity) {
          log.warn("feature_store.other_database");
          // Its rows may never have been in this one.
          await this.redis.deleteMark();
          return undefined;
        }
        if (position.readAt - mark.position.readAt > maxGapUs) return undefined;
        const time = await this.redis.time();
        if (time - completeAt <= maxClockUs || aheadUs === 0) aheadUs = position.readAt - (completeAt + time) / 2;
      }
      reached = position;
      await this.write(mark.epoch, rows);
      await this.prolong();
    }
    // Rows of a view that was defined meanwhile were stepped over.
    if ((await this.viewNumbers()).some((number) => !numbers.has(number))) return this.follow(mark);
    return reached && { mark: { epoch: mark.epoch, position: reached, aheadUs }, completeAt };
  }

  /** Copies all rows, for a few seconds. */
  private async copy(isStopping: () => boolean): Promise<void> {
    const copying = this.copying ?? (await this.startCopying());
    this.copying = copying;
    const until = performance.now() + copyMs;
    let isDone = false;
    while (!isDone && performance.now() < until && !isStopping()) {
      const next = await copying.pages.next();
      isDone = next.done === true;
      if (next.done) break;
      const page = next.value;
      const rows = page.rows.map((row) => ({ ...row, viewNumber: page.number, sequence: 0, arrivedAt: 0 }));
      await this.write(copying.epoch, rows);
      await this.prolong();
    }
    const reached = await this.follow(copying);
    if (!reached) {
      this.copying = undefined;
      return;
    }
    copying.position = reached.mark.position;
    copying.aheadUs = reached.mark.aheadUs;
    if (!isDone) return;
    await this.removeKeys(copying.epoch, copying.from);
    this.copying = undefined;
    if (!(await this.redis.switchTo(reached.mark, reached.completeAt, this.holder))) return;
    this.cleanedAt = Number.NEGATIVE_INFINITY;
    log.info("feature_store.copied");
  }

  private async startCopying(): Promise<Copying> {
    const position = await positionNow(this.db);
    log.info("feature_store.copying");
    const pages = this.pages(await this.viewNumbers());
    return { epoch: randomUUID().slice(0, 8), aheadUs: 0, from: position, position, pages };
  }

  private async *pages(numbers: readonly number[]): Copying["pages"] {
    const rows = postgresRows(this.db);
    for (const number of numbers) for await (const page of rows.scan({ number })) yield { number, rows: page };
  }

  private async write(
    epoch: string,
    rows: readonly Pick<ArrivedRow, keyof KeyedRow | "viewNumber" | "sequence" | "arrivedAt">[],
  ): Promise<void> {
    for (const [number, ofView] of Map.groupBy(rows, ({ viewNumber }) => viewNumber)) {
      await this.redis.writeTo(epoch, number, ofView, this.holder);
    }
  }

  /**
   * Removes entity keys that were removed from Postgres since a position. What had arrived before is written already, by this process; writers that
   * have yet to reach Redis are fenced off first, so it does not come back. Of a key that was written again since, the row arrives
   * after this round.
   */
  private async removeKeys(epoch: string, { readAt }: Position): Promise<void> {
    const found = await removalsSince(this.db, readAt / 1000 - removalSlackMs);
    const { removed } = this;
    const fresh = found.filter(({ id }) => removed.epoch !== epoch || !removed.ids.has(id));
    for (const [number, ofView] of Map.groupBy(fresh, ({ viewNumber }) => viewNumber)) {
      await this.redis.fence(number, Math.max(...ofView.map(({ arrivedBy }) => arrivedBy)));
      await this.removeFrom(epoch, number, ofView);
    }
    this.removed = { epoch, ids: new Set(found.map(({ id }) => id)) };
  }

  /** Removes the keys of removals. If one has ended, which key it was is not known any more: then all of the view are compared. */
  private async removeFrom(epoch: string, number: number, removals: readonly RemovedKey[]): Promise<void> {
    const keys = removals.flatMap(({ key }) => key ?? []);
    if (keys.length === removals.length) return this.removeAbsent(epoch, number, keys);
    for await (const page of this.redis.scanOf(epoch, number)) {
      await this.removeAbsent(
        epoch,
        number,
        page.map(({ key }) => key),
      );
      await this.prolong();
    }
  }

  /**
   * Removes those of some keys that Postgres does not have. One that is written again after Postgres was read stays: its row is another one than was
   * here before.
   */
  private async removeAbsent(epoch: string, number: number, keys: readonly Buffer[]): Promise<void> {
    const before = await this.redis.headersOf(epoch, number, keys);
    const { rows } = await postgresRows(this.db).read(
      { number, ttlUs: null },
      before.map(({ key }) => key),
    );
    const absent = before.filter((_, index) => !rows[index]);
    await this.redis.removeFrom(epoch, number, absent, this.holder);
  }

  /** Removes rows of views that were deleted, or have another number, and those that were copied anew. */
  private async clean(): Promise<void> {
    if (this.copying || performance.now() - this.cleanedAt < cleanMs) return;
    const hashes = await this.redis.hashes();
    const mark = await this.redis.mark();
    // After the hashes, so that each of a view that is there is known.
    const numbers = new Set(await this.viewNumbers());
    for (const hash of hashes) {
      if (hash.epoch !== mark?.epoch || !numbers.has(hash.number)) await this.redis.drop(hash);
    }
    this.cleanedAt = performance.now();
  }

  /** Also of views that are not for look-ups now: they may be later. */
  private async viewNumbers(): Promise<number[]> {
    const views = await this.db.select({ number: featureViews.number }).from(featureViews);
    return views.map(({ number }) => number);
  }
}
