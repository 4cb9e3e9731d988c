import type { Database } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import { Turns } from "#server/platform/webhooks/turns.ts";
import { noteClaims, noteTry } from "../../alerting/notifications/notification-counters.ts";
import { type Claimed, claimNotifications } from "../../alerting/notifications/outbox/claim-notifications.ts";
import { dueTurns } from "../../alerting/notifications/outbox/due-turns.ts";
import type { Outside } from "../../alerting/notifications/outside.ts";
import { deliverNotification } from "./deliver-notification.ts";

interface NotificationWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  outside: Outside;
}

/**
 * Sends due notifications from the outbox, in fair turns: a channel that does not respond delays its own messages only. A notification
 * that fails, or is cut off by a stop, is sent again under the same id when its lease expires.
 */
export function notificationWatcher({ db, feed, outside }: NotificationWatcherDependencies): Watcher {
  const turns = new Turns();
  /** Turns of the notifications in flight, by notification. */
  const inFlight = new Map<string, string>();
  const watcher = new Watcher({
    name: "notifications",
    db,
    // Retries become due, and leases expire, without an event; a new notification announces itself.
    everyMs: 1_000,
    // Shorter than a lease, so that a notification is not claimed while it is set aside.
    maxRetryMs: 15_000,
    // An attempt publishes its own id; a new notification, the id of its workspace.
    wake: { feed, when: ({ topic, id, workspaceId }) => topic === "notification" && id === workspaceId },
    run: async ({ attempt, isStopping }) => {
      for (const [turn, slots] of turns.take(await dueTurns(db), [...inFlight.values()])) {
        if (isStopping()) return;
        const claims = await attempt({ id: `turn ${turn}` }, () => claimNotifications(db, turn, slots, attempt));
        if (!claims) continue;
        noteClaims(claims);
        for (const claimed of claims.claimed) {
          inFlight.set(claimed.id, claimed.turn);
          void deliver(claimed).finally(() => {
            inFlight.delete(claimed.id);
            watcher.wake();
          });
        }
      }
    },
  });
  return watcher;

  async function deliver({ id, workspaceId, turn }: Claimed): Promise<void> {
    const ctx = systemContext(db, workspaceId, "deliver-notification");
    await watcher.attempt({ id, workspaceId }, async () => {
      const sent = await deliverNotification(ctx, id, outside);
      if (!sent) return;
      const { kind, outcome, status, durationMs } = sent;
      turns.served(turn, durationMs);
      noteTry(sent);
      log.info("notification.tried", { notificationId: id, channel: kind, outcome, status, durationMs });
    });
  }
}
