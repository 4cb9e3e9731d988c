import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { databaseError } from "../../base/database-error.ts";
import type { ActiveFault } from "./active-fault.ts";
import { faultTimes } from "./contract.ts";
import { type ReadFault, readFaults } from "./read-faults.ts";
import { type GameDayCount, storeGameDayCounts } from "./store-game-day-counts.ts";

/** Responses that a process delays at a time; further ones pass as they are. */
const maxDelayed = 200;
/** Game days whose counts stay in memory: a request may end after its game day. */
const maxCounted = 100;

interface Counted extends GameDayCount {
  /** Affected requests that Postgres knows of. */
  stored: number;
}

/**
 * The faults of running game days in one process of a gateway. They are in memory only and end by its own clock, so that no fault outlives its
 * lease, a restart, or Postgres.
 */
export class FaultBook {
  private readonly db: Database;
  private readonly process: string;
  private active: ReadonlyMap<string, ActiveFault> = new Map();
  private postgresIsAwayUntil = 0;
  private followedAt = Number.NEGATIVE_INFINITY;
  private delayed = 0;
  private readonly counts = new Map<string, Counted>();

  /** @param db not refused while Postgres is away on purpose @param process names this lifetime of the gateway: another one counts from zero */
  constructor(db: Database, process: string) {
    this.db = db;
    this.process = process;
  }

  /** Reads the faults, and stores what was counted. @throws when Postgres does not respond; faults then end with the lease that they have */
  async refresh(): Promise<void> {
    const readAt = performance.now();
    this.follow(await readFaults(this.db), readAt);
    await this.store();
  }

  /**
   * Makes these the only faults, unless they were read before those that are known. @param readAt when they were about to be read, on the clock of
   * performance.now()
   */
  follow(faults: readonly ReadFault[], readAt: number): void {
    if (readAt < this.followedAt) return;
    this.followedAt = readAt;
    const active = faults.map(({ sinceMs, leftMs, ...fault }): ActiveFault => {
      const endsAt = readAt + Math.min(leftMs, faultTimes.leaseSeconds * 1000);
      return { ...fault, startedAt: readAt - sinceMs, endsAt };
    });
    this.active = new Map(active.map((fault) => [fault.endpointId, fault]));
    const away = active.filter(({ fault }) => fault.kind === "postgres-away");
    this.postgresIsAwayUntil = Math.max(0, ...away.map(({ endsAt }) => endsAt));
  }

  /** Returns the fault at an endpoint. Called for every request, and there is hardly ever one. */
  faultOf(endpointId: string): ActiveFault | undefined {
    if (this.active.size === 0) return undefined;
    const fault = this.active.get(endpointId);
    return fault && performance.now() < fault.endsAt ? fault : undefined;
  }

  /** Lists the faults of all endpoints. */
  get all(): ActiveFault[] {
    const now = performance.now();
    return [...this.active.values()].filter(({ endsAt }) => now < endsAt);
  }

  /** Whether this gateway has to do without Postgres. */
  get isPostgresAway(): boolean {
    return this.postgresIsAwayUntil > 0 && performance.now() < this.postgresIsAwayUntil;
  }

  /** Takes one of the places for delayed responses, until freeDelay(). @returns false when all are taken */
  takeDelay(): boolean {
    if (this.delayed >= maxDelayed) return false;
    this.delayed += 1;
    return true;
  }

  freeDelay(): void {
    this.delayed -= 1;
  }

  /** Counts a request that a fault affected. */
  count({ gameDayId }: ActiveFault, hasFailed: boolean): void {
    const counted = this.counts.get(gameDayId) ?? { affected: 0, failed: 0, stored: 0 };
    counted.affected += 1;
    if (hasFailed) counted.failed += 1;
    this.counts.set(gameDayId, counted);
  }

  /** Stores what was counted. Must be called when no more requests arrive. Never rejects. */
  async close(): Promise<void> {
    await this.store().catch((cause: unknown) => {
      log.warn("game-day.counts_not_stored", { reason: databaseError(cause).message });
    });
  }

  private async store(): Promise<void> {
    for (const [gameDayId, counted] of this.counts) {
      const { affected, failed, stored } = counted;
      if (affected === stored) {
        if (this.counts.size > maxCounted) this.counts.delete(gameDayId);
        continue;
      }
      await storeGameDayCounts(this.db, gameDayId, this.process, { affected, failed });
      counted.stored = affected;
    }
  }
}
