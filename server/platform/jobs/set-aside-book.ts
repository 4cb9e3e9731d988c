import { and, eq, lt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { setAsideItems } from "#db/schema/index.ts";
import { type BackOff, backOff } from "#server/base/back-off.ts";
import { databaseError } from "#server/base/database-error.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { problemOf } from "./problem-of.ts";

export interface WatchedItem {
  /** Id of the row, or a name for work that has none. */
  id: string;
  /** Left out for work that spans workspaces. */
  workspaceId?: string;
}

interface Entry {
  attempts: number;
  /** Milliseconds since 1970. */
  retryAt: number;
}

/** An item that nothing retried for so long after its time has ended or was deleted. */
const defaultStaleMs = 15 * minuteMs;

/** Items of one watcher or job that failed, and when they are retried. Kept in Postgres, so that all workers and a restart respect it. */
export class SetAsideBook {
  private readonly db: Database;
  private readonly watcher: string;
  private readonly retry: BackOff;
  private readonly staleMs: number;
  private entries = new Map<string, Entry>();
  /** Failures that could not be written; they count until they can. */
  private readonly unwritten = new Map<string, Entry>();
  private clock = () => Date.now();

  /**
   * @param watcher name of the watcher, or kind of the job
   * @param staleMs time after its retry at which an item that nothing retried is removed
   */
  constructor(db: Database, watcher: string, retry: BackOff, staleMs = defaultStaleMs) {
    this.db = db;
    this.watcher = watcher;
    this.retry = retry;
    this.staleMs = staleMs;
  }

  /**
   * Reads what is set aside, and the database's clock in the same statement.
   * @param at milliseconds since 1970, at which the clock then stands still; the database's clock when left out
   */
  async open(at?: number): Promise<void> {
    const { rows } = await this.db.execute<{ now: number; entries: [string, number, number][] }>(sql`
      select (extract(epoch from clock_timestamp()) * 1000)::float8 as now, coalesce((
        select jsonb_agg(jsonb_build_array(item, attempts, extract(epoch from retry_at) * 1000))
        from set_aside_items where watcher = ${this.watcher}), '[]') as entries`);
    const now = at ?? Math.round(rows[0]?.now ?? Date.now());
    const openedAt = performance.now();
    this.clock = at === undefined ? () => now + Math.round(performance.now() - openedAt) : () => at;
    this.entries = new Map((rows[0]?.entries ?? []).map(([item, attempts, retryAt]) => [item, { attempts, retryAt }]));
    for (const [item, entry] of this.unwritten) this.entries.set(item, entry);
    await this.removeStale(now);
  }

  /** The time now in milliseconds since 1970, on the clock of the last `open`. */
  now(): number {
    return this.clock();
  }

  /** Whether an item is set aside, due for its retry or not. */
  has(itemId: string): boolean {
    return this.entries.has(itemId);
  }

  /**
   * Runs work for an item unless the item is set aside, and sets it aside when the work fails.
   * @param afterFailure runs after a failure; its own failure is only logged
   * @returns what `work` returns; undefined when it failed, or when the item is set aside
   */
  async attempt<Result>(
    item: WatchedItem,
    work: () => Promise<Result>,
    afterFailure?: (cause: unknown) => Promise<unknown>,
  ): Promise<Result | undefined> {
    const known = this.entries.get(item.id);
    if (known && known.retryAt > this.now()) return undefined;
    let result: Result;
    try {
      result = await work();
    } catch (cause) {
      await this.setAside(item, (known?.attempts ?? 0) + 1, cause);
      await afterFailure?.(cause).catch((cause: unknown) =>
        log.error("watcher.failure_not_recorded", { watcher: this.watcher, item: item.id, cause }),
      );
      return undefined;
    }
    if (known) await this.clear(item, known);
    return result;
  }

  private async setAside(item: WatchedItem, attempts: number, cause: unknown): Promise<void> {
    const failedAt = this.now();
    const retryAt = failedAt + backOff(attempts, this.retry);
    this.entries.set(item.id, { attempts, retryAt });
    // Once with its stack; later attempts of the same item only say that it still fails.
    const fields = { watcher: this.watcher, item: item.id, attempts, reason: databaseError(cause).message };
    if (attempts === 1) log.error("watcher.item_failed", { ...fields, cause });
    else log.warn("watcher.item_failed", fields);
    const values = { attempts, problem: problemOf(cause), failedAt: new Date(failedAt), retryAt: new Date(retryAt) };
    try {
      await this.db
        .insert(setAsideItems)
        .values({ watcher: this.watcher, item: item.id, workspaceId: item.workspaceId ?? null, ...values })
        .onConflictDoUpdate({ target: [setAsideItems.watcher, setAsideItems.item], set: values });
      this.unwritten.delete(item.id);
    } catch {
      this.unwritten.set(item.id, { attempts, retryAt });
    }
  }

  private async clear(item: WatchedItem, { attempts }: Entry): Promise<void> {
    this.entries.delete(item.id);
    this.unwritten.delete(item.id);
    try {
      await this.db.delete(setAsideItems).where(and(this.isOurs, eq(setAsideItems.item, item.id)));
      log.info("watcher.item_recovered", { watcher: this.watcher, item: item.id, attempts });
    } catch (cause) {
      // The item is read again with the next round, and cleared after its next success.
      log.debug("watcher.item_not_cleared", { watcher: this.watcher, item: item.id, cause });
    }
  }

  private async removeStale(now: number): Promise<void> {
    const before = now - this.staleMs;
    const stale = [...this.entries].filter(([, { retryAt }]) => retryAt < before);
    if (stale.length === 0) return;
    for (const [item] of stale) {
      this.entries.delete(item);
      this.unwritten.delete(item);
    }
    await this.db.delete(setAsideItems).where(and(this.isOurs, lt(setAsideItems.retryAt, new Date(before))));
  }

  private get isOurs() {
    return eq(setAsideItems.watcher, this.watcher);
  }
}
