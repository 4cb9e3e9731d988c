import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { newestMigrationName } from "#db/migrate.ts";
import { roleHeartbeats } from "#db/schema/index.ts";
import { Refresher } from "#server/base/refresher.ts";
import manifest from "../../../package.json" with { type: "json" };
import { notePresence } from "./presence.ts";

/** Time between two heartbeats. */
export const roleHeartbeatMs = 5_000;
/** How long a role that stops waits for Postgres. */
const maxStopMs = 2_000;

type Role = (typeof roleHeartbeats.$inferSelect)["role"];

/** Writes the row by which other roles see that this one runs, by the clock of Postgres, until it stops. */
export class RoleHeartbeat {
  /** Name of this start of this process. */
  readonly instance = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  private readonly db: Database;
  private readonly role: Role;
  private readonly standingStill: () => string[];
  private readonly beats: Refresher;

  /** @param standingStill returns the names of the loops that stand still */
  constructor(db: Database, role: Role, standingStill: () => string[] = () => []) {
    this.db = db;
    this.role = role;
    this.standingStill = standingStill;
    this.beats = new Refresher("role-heartbeat", roleHeartbeatMs, () => this.beat());
  }

  /** Starts the heartbeats. Resolves after the first one, whether it was written or not. */
  start(): Promise<void> {
    return this.beats.start();
  }

  /** Ends the heartbeats, and records that this is intended. A role without Postgres stops nevertheless. */
  async stop(): Promise<void> {
    await Promise.race([this.signOff(), pause(maxStopMs, undefined, { ref: false })]);
  }

  private async signOff(): Promise<void> {
    await this.beats.stop();
    await this.db
      .update(roleHeartbeats)
      .set({ seenAt: sql`now()`, stoppedAt: sql`now()` })
      .where(eq(roleHeartbeats.instance, this.instance))
      .catch(() => {});
  }

  private async beat(): Promise<void> {
    const { instance, role } = this;
    const values = { seenAt: sql`now()`, standingStill: this.standingStill() };
    await this.db
      .insert(roleHeartbeats)
      .values({
        instance,
        role,
        version: manifest.version,
        migration: newestMigrationName(),
        startedAt: sql`now()`,
        ...values,
      })
      .onConflictDoUpdate({ target: roleHeartbeats.instance, set: values });
    await notePresence(this.db, role);
    // The last one of a role remains: it says that there was one.
    await this.db.execute(sql`
      delete from ${roleHeartbeats} as old where seen_at < now() - interval '1 day'
        and exists (select from ${roleHeartbeats} as newer where newer.role = old.role and newer.seen_at > old.seen_at)`);
  }
}
