import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { databaseError } from "../../base/database-error.ts";
import { Ledger } from "./ledger.ts";
import type { ServedRollout } from "./served-rollout.ts";
import { storeCounts } from "./store-counts.ts";
import { storeUnits } from "./store-units.ts";

const tickMs = 100;
const flushEveryMs = 1000;

/**
 * Counts of all rollouts in one lifetime of a gateway, stored in Postgres every second. While Postgres is unavailable they stay in
 * memory, and nothing is lost. A gateway that dies loses at most a second of unstored counts, of both arms alike.
 */
export class EvidenceBook {
  private readonly db: Database;
  private readonly source: string;
  private readonly ledgers = new Map<string, Ledger>();
  private readonly served: () => ReadonlySet<string>;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private flushedAt = 0;
  private isBehind = false;

  /**
   * @param source names this lifetime of the gateway: another one counts from zero
   * @param served ids of the active rollouts: the stored state of others is deleted
   */
  constructor(db: Database, source: string, served: () => ReadonlySet<string>) {
    this.db = db;
    this.source = source;
    this.served = served;
  }

  /** Returns the ledger that counts a rollout. */
  of(workspaceId: string, rollout: ServedRollout): Ledger {
    const known = this.ledgers.get(rollout.rolloutId);
    if (known) return known;
    const ledger = new Ledger(workspaceId, rollout);
    this.ledgers.set(rollout.rolloutId, ledger);
    this.timer ??= setInterval(() => this.tick(performance.now()), tickMs);
    return ledger;
  }

  /** Sends what has changed. Never rejects: what cannot be sent is sent the next time. */
  flush(): Promise<void> {
    this.flushing ??= this.send().finally(() => {
      this.flushing = undefined;
    });
    return this.flushing;
  }

  /** Counts completed requests, whatever their age, and sends all counts. Must be called when no request is in flight. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    for (const ledger of this.ledgers.values()) ledger.advance(Number.POSITIVE_INFINITY);
    await this.flush();
  }

  private tick(now: number): void {
    for (const ledger of this.ledgers.values()) ledger.advance(now);
    if (now - this.flushedAt < flushEveryMs) return;
    this.flushedAt = now;
    void this.flush();
    this.dropEnded();
  }

  private dropEnded(): void {
    const served = this.served();
    for (const [id, ledger] of this.ledgers) if (ledger.isIdle && !served.has(id)) this.ledgers.delete(id);
    if (this.ledgers.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async send(): Promise<void> {
    const causes: unknown[] = [];
    // A ledger whose counts are rejected must not block the others.
    for (const ledger of this.ledgers.values()) await this.store(ledger).catch((cause) => causes.push(cause));
    const [cause] = causes;
    if (cause !== undefined && !this.isBehind) {
      log.warn("evidence.not_stored", { reason: databaseError(cause).message });
    }
    if (cause === undefined && this.isBehind) log.info("evidence.recovered");
    this.isBehind = cause !== undefined;
  }

  private async store(ledger: Ledger): Promise<void> {
    const { rows, units, unitMetrics: metrics } = ledger;
    const counts = rows.takeChanged();
    await storeCounts(this.db, ledger, this.source, counts).catch((cause: unknown) => {
      rows.restoreRows(counts);
      throw cause;
    });
    const seen = units.take();
    if (seen.length === 0) return;
    await storeUnits(this.db, { ...ledger, metrics }, seen).catch((cause: unknown) => {
      units.restoreRows(seen);
      throw cause;
    });
    units.confirm(seen);
  }
}
