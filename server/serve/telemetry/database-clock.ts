import type { Database } from "#db/client.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { log } from "#server/base/log.ts";

/** Differences above this are logged: beyond it, people would look for requests in the wrong minutes. */
const reportedMs = 2_000;

/**
 * The database's clock, by which all judge what gateways count. Between two readings it advances steadily, however the clock of this
 * machine is set; before the first one it is the machine's.
 */
export class DatabaseClock {
  /** Time minus performance.now(). */
  private offsetMs = Date.now() - performance.now();

  /** Returns milliseconds since 1970. */
  readonly now = (): number => Math.floor(this.offsetMs + performance.now());

  /** Returns a time of this machine's clock by the database's; the same while both agree to two seconds. @param at ISO 8601 */
  corrected(at: string): string {
    const byMs = this.now() - Date.now();
    const time = Date.parse(at);
    return Math.abs(byMs) <= reportedMs || Number.isNaN(time) ? at : new Date(time + byMs).toISOString();
  }

  /** Reads the database's clock, and follows it as far as the reading is exact. @throws when Postgres does not respond */
  async follow(db: Database): Promise<void> {
    const sentAt = performance.now();
    const read = await databaseNow(db);
    const receivedAt = performance.now();
    // It was read at some moment in between.
    const offsetMs = read - (sentAt + receivedAt) / 2;
    const byMs = offsetMs - this.offsetMs;
    if (Math.abs(byMs) <= (receivedAt - sentAt) / 2) return;
    this.offsetMs = offsetMs;
    if (Math.abs(byMs) > reportedMs) log.warn("telemetry.clock_corrected", { byMs: Math.round(byMs) });
  }
}
