import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { databaseError } from "#server/base/database-error.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { evaluateSlo } from "./evaluation/evaluate-slo.ts";
import { dueSlos } from "./evaluation/slo-rows.ts";
import { countHistory, countSeries, dueSeries } from "./rollup/count-series.ts";
import { SeriesMemory } from "./rollup/series-memory.ts";

const pollMs = 2_000;
/** Each SLO is looked at so often. */
const everyMs = 9_000;
const batch = 100;
const maxLookMs = 5_000;
/** History must not keep the looks waiting. */
const historyMs = 2_000;

/**
 * Counts what SLOs promise and looks at each of them about every ten seconds. Several may run: a series is counted, and an SLO looked at,
 * by one at a time. What goes wrong with one of them keeps no other from it.
 */
export class SloRunner {
  private readonly db: Database;
  private readonly afterChange: AfterChange;
  private readonly memory = new SeriesMemory();
  private readonly looks = new Refresher("slos", pollMs, () => this.look());
  /** Told in the log once, until it works again. */
  private readonly failing = new Set<string>();
  private isStopping = false;

  /** @param afterChange what follows at once when a group of alerts stands differently */
  constructor(db: Database, afterChange: AfterChange) {
    this.db = db;
    this.afterChange = afterChange;
  }

  /** Nobody waits for the first look, which reads weeks of counts. */
  async start(): Promise<void> {
    void this.looks.start();
  }

  /** Begins no more looks; the one that is under way ends with the SLO that it is at. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.looks.stop();
  }

  private async look(): Promise<void> {
    const now = await databaseNow(this.db);
    await this.count(now);
    const startedAt = performance.now();
    for (const { id, workspaceId } of await dueSlos({ db: this.db }, now - everyMs)) {
      // The rest is looked at right after recent minutes have been counted again.
      if (this.isStopping || performance.now() - startedAt > maxLookMs) return;
      const ctx = systemContext(this.db, workspaceId, "evaluate-slo");
      const at = now + Math.round(performance.now() - startedAt);
      await this.guarded(`slo ${id}`, () =>
        evaluateSlo(ctx, id, { memory: this.memory, now: at, afterChange: this.afterChange }),
      );
    }
    await this.countHistory(now);
  }

  private async count(now: number): Promise<void> {
    const due = await dueSeries(this.db, now);
    for (let start = 0; start < due.length && !this.isStopping; start += batch) {
      const ids = due.slice(start, start + batch);
      const isCounted = await countSeries(this.db, ids, now).catch(() => undefined);
      if (isCounted !== undefined) continue;
      // One that cannot be counted must not keep the others from it.
      for (const id of ids) await this.guarded(`series ${id}`, () => countSeries(this.db, [id], now));
    }
  }

  private async countHistory(now: number): Promise<void> {
    const startedAt = performance.now();
    while (!this.isStopping && performance.now() - startedAt < historyMs) {
      const isMore = await this.guarded("history", () => countHistory(this.db, now));
      if (!isMore) return;
    }
  }

  private async guarded<Result>(name: string, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await work();
      this.failing.delete(name);
      return result;
    } catch (cause) {
      if (!this.failing.has(name))
        log.error("slo.not_looked_at", { what: name, reason: databaseError(cause).message, cause });
      this.failing.add(name);
      return undefined;
    }
  }
}
