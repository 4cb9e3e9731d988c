import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { Turns } from "#server/platform/webhooks/turns.ts";
import { noteClaims, noteTry } from "../../alerting/notifications/notification-counters.ts";
import { type Claimed, claimNotifications } from "../../alerting/notifications/outbox/claim-notifications.ts";
import { dueTurns } from "../../alerting/notifications/outbox/due-turns.ts";
import type { Outside } from "../../alerting/notifications/outside.ts";
import { deliverNotification } from "./deliver-notification.ts";

/** For tries that fall due, and leases that end; what is added is heard of at once. */
const pollMs = 1_000;

interface NotificationRunnerDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  outside: Outside;
}

/** Sends what is due in the outbox of notifications, in fair turns: a channel that does not answer holds up its own messages only. */
export class NotificationRunner {
  private readonly deps: NotificationRunnerDependencies;
  private readonly turns = new Turns();
  private readonly flights = new Map<string, { turn: string; done: Promise<void> }>();
  private readonly claims = new Refresher("notifications", pollMs, () => this.claim());
  private readonly unsubscribe: () => void;
  private isStopping = false;

  constructor(deps: NotificationRunnerDependencies) {
    this.deps = deps;
    this.unsubscribe = deps.feed.subscribe((heard) => {
      // Of what was added; a try tells of itself by its own id.
      if (heard === "missed" || (heard.topic === "notification" && heard.id === heard.workspaceId))
        void this.claims.now();
    });
  }

  async start(): Promise<void> {
    await this.claims.start();
  }

  /** Takes no more, and lets tries end for so many seconds; what is cut off then is sent again when its lease has ended. */
  async stop(seconds: number): Promise<void> {
    this.isStopping = true;
    this.unsubscribe();
    await this.claims.stop();
    const all = Promise.all([...this.flights.values()].map(({ done }) => done));
    await Promise.race([all, pause(seconds * 1000, undefined, { ref: false })]);
  }

  private async claim(): Promise<void> {
    const { db } = this.deps;
    const inFlight = [...this.flights.values()].map(({ turn }) => turn);
    for (const [turn, places] of this.turns.take(await dueTurns(db), inFlight)) {
      if (this.isStopping) return;
      const claims = await claimNotifications(db, turn, places);
      noteClaims(claims);
      for (const claimed of claims.claimed) this.fly(claimed);
    }
  }

  private fly(claimed: Claimed): void {
    const done = this.deliver(claimed).finally(() => {
      this.flights.delete(claimed.id);
      if (!this.isStopping) void this.claims.now();
    });
    this.flights.set(claimed.id, { turn: claimed.turn, done });
  }

  private async deliver({ id, workspaceId, turn }: Claimed): Promise<void> {
    const ctx = systemContext(this.deps.db, workspaceId, "deliver-notification");
    try {
      const told = await deliverNotification(ctx, id, this.deps.outside);
      if (!told) return;
      const { kind, outcome, status, durationMs } = told;
      this.turns.served(turn, durationMs);
      noteTry(told);
      log.info("notification.tried", { notificationId: id, channel: kind, outcome, status, durationMs });
    } catch (cause) {
      // Its lease ends by itself, and it is sent again under the same id.
      log.warn("notification.not_settled", { notificationId: id, cause });
    }
  }
}
