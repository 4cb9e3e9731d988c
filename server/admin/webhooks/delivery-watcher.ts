import { Histogram } from "prom-client";
import type { Database } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { Turns } from "../../platform/webhooks/turns.ts";
import { type ClaimedDelivery, claimDeliveries, dueReceivers } from "./claim-deliveries.ts";
import { deliverWebhook } from "./deliver-webhook.ts";

const deliverySeconds = new Histogram({
  name: "leeway_webhook_duration_seconds",
  help: "Duration of webhook delivery attempts; status 0 means no response.",
  labelNames: ["status"],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10],
});

interface DeliveryWatcherDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  rules: NetworkRules;
}

/**
 * Sends due deliveries from the outbox of webhooks, in fair turns: a receiver that does not respond delays its own deliveries only.
 * A delivery that fails, or is cut off by a stop, is sent again under the same id when its lease expires.
 */
export function deliveryWatcher({ db, feed, rules }: DeliveryWatcherDependencies): Watcher {
  const turns = new Turns();
  /** Receivers of the deliveries in flight, by delivery. */
  const inFlight = new Map<string, string>();
  const watcher = new Watcher({
    name: "webhook-deliveries",
    db,
    // Retries become due without an event; a new delivery announces itself.
    everyMs: 5_000,
    // Shorter than a lease, so that a delivery is not claimed while it is set aside.
    maxRetryMs: 30_000,
    wake: { feed, when: ({ topic }) => topic === "deliveries" },
    run: async () => {
      const due = await dueReceivers(db);
      for (const delivery of await claimDeliveries(db, turns.take(due, [...inFlight.values()]))) {
        inFlight.set(delivery.id, delivery.receiver);
        void deliver(delivery).finally(() => {
          inFlight.delete(delivery.id);
          watcher.wake();
        });
      }
    },
  });
  return watcher;

  async function deliver({ id, workspaceId, receiver }: ClaimedDelivery): Promise<void> {
    const ctx = systemContext(db, workspaceId, "deliver-webhook");
    await watcher.attempt({ id, workspaceId }, async () => {
      const sent = await deliverWebhook(ctx, id, rules);
      if (!sent) return;
      turns.served(receiver, sent.durationMs);
      deliverySeconds.observe({ status: sent.status ?? 0 }, sent.durationMs / 1000);
      log.info("webhook.tried", { deliveryId: id, status: sent.status, durationMs: sent.durationMs });
    });
  }
}
