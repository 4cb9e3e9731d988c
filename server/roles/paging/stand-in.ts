import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import type { Outside } from "#server/alerting/notifications/outside.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { holdLease, pagingLease, releaseLease } from "#server/platform/heartbeats/lease.ts";
import { listRoles } from "#server/platform/heartbeats/list-roles.ts";
import { roleHeartbeatMs } from "#server/platform/heartbeats/role-heartbeat.ts";
import { isActive, silentMs, workerSilence } from "#server/platform/heartbeats/worker-silence.ts";
import { readRestored } from "#server/platform/installation-state.ts";
import type { Watcher } from "#server/platform/jobs/watcher.ts";

const leaseSeconds = 20;
/** How long a role that stops waits for what is being sent, and for Postgres. */
const maxStopMs = 5_000;

export interface StandInDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  outside: Outside;
  /** Name of this process among the heartbeats. */
  instance: string;
  role: "web" | "gateway";
  /** Milliseconds between two looks at the workers. */
  everyMs?: number;
}

/**
 * Pages in place of the workers while none of them works: evaluates the rules about Leeway's own health, dispatches alerts, escalates and
 * sends notifications. One process at a time does so: a web role, and a gateway where there is none. Everything it runs may also run twice:
 * a worker that returns in the same moment does no harm.
 */
export class PagingStandIn {
  private readonly deps: StandInDependencies;
  private readonly checks: Refresher;
  private watchers: Watcher[] = [];
  private checkedAt = Number.NEGATIVE_INFINITY;
  /** On the clock of Postgres. */
  private watchingSince = 0;
  private watchingForMs = 0;

  constructor(deps: StandInDependencies) {
    this.deps = deps;
    this.checks = new Refresher("worker-silence", deps.everyMs ?? roleHeartbeatMs, () => this.check());
  }

  /** Whether this process stands in for the workers. */
  get isActive(): boolean {
    return this.watchers.length > 0;
  }

  /** Starts to watch the workers. Waits for nothing. @param watchingForMs how long someone has watched them already */
  start({ watchingForMs = 0 } = {}): void {
    this.watchingForMs = watchingForMs;
    void this.checks.start();
  }

  /** Ends it. A role without Postgres stops nevertheless. */
  async stop(): Promise<void> {
    const ended = this.checks.stop().then(() => this.end());
    await Promise.race([ended, pause(maxStopMs, undefined, { ref: false })]);
  }

  /** Looks at the workers once, and begins or ends to stand in for them. @throws when Postgres does not respond */
  async check(): Promise<void> {
    const { db, instance, role } = this.deps;
    try {
      const roles = await listRoles(db);
      // A process that was suspended, or without Postgres, has not seen the heartbeats of the meantime.
      const wasInterrupted = performance.now() - this.checkedAt > silentMs / 2;
      this.checkedAt = performance.now();
      if (wasInterrupted) this.watchingSince = roles.now - this.watchingForMs;
      this.watchingForMs = 0;
      const silence = workerSilence(roles, this.watchingSince);
      const hasWeb = roles.processes.some((process) => process.role === "web" && isActive(process, roles.now));
      const isOurs =
        silence &&
        // A restored copy that waits beside its original pages no one.
        !(await readRestored(db))?.isPaused &&
        (role === "web" || !hasWeb) &&
        (await holdLease(db, pagingLease, instance, leaseSeconds));
      if (!isOurs) return await this.end();
      if (!this.isActive) await this.begin(silence.words);
    } catch (cause) {
      // Without Postgres, nobody can tell which roles run.
      await this.end();
      throw cause;
    }
  }

  private async begin(reason: string): Promise<void> {
    log.error("worker.silent", { reason });
    // Loaded only now: a gateway usually needs none of it.
    const { standInWatchers } = await import("./stand-in-watchers.ts");
    this.watchers = standInWatchers(this.deps);
    await Promise.all(this.watchers.map((watcher) => watcher.start()));
    const { notifyAdmins } = await import("./notify-admins.ts");
    await notifyAdmins(this.deps, reason).catch((cause: unknown) => log.error("admins.notification_failed", { cause }));
  }

  private async end(): Promise<void> {
    if (!this.isActive) return;
    const { watchers } = this;
    this.watchers = [];
    await Promise.all(watchers.map((watcher) => watcher.stop(5)));
    await releaseLease(this.deps.db, pagingLease, this.deps.instance).catch(() => {});
    log.info("worker.stand_in_ended");
  }
}
