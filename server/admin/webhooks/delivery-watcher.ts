import { setTimeout as pause } from "node:timers/promises";
import { Histogram } from "prom-client";
import type { Database } from "#db/client.ts";
import { systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { EventFeed } from "#server/platform/events/listen.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { Turns } from "../../platform/webhooks/turns.ts";
import { type ClaimedDelivery, claimDeliveries, dueReceivers } from "./claim-deliveries.ts";
import { deliverWebhook } from "./deliver-webhook.ts";

/** For tries that fall due; what is added is heard of at once. */
const pollMs = 5_000;

const deliverySeconds = new Histogram({
  name: "leeway_webhook_duration_seconds",
  help: "Duration of webhook delivery attempts; status 0 means no response.",
  labelNames: ["status"],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10],
});

interface DeliveryRunnerDependencies {
  db: Database;
  feed: Pick<EventFeed, "subscribe">;
  rules: NetworkRules;
}

/** Tries what is due in the outbox of webhooks, in fair turns: a receiver that does not answer holds up its own deliveries only. */
export class DeliveryRunner {
  private readonly deps: DeliveryRunnerDependencies;
  private readonly turns = new Turns();
  private readonly flights = new Map<string, { receiver: string; done: Promise<void> }>();
  private readonly claims = new Refresher("deliveries", pollMs, () => this.claim());
  private readonly unsubscribe: () => void;
  private isStopping = false;

  constructor(deps: DeliveryRunnerDependencies) {
    this.deps = deps;
    this.unsubscribe = deps.feed.subscribe((heard) => {
      if (heard === "missed" || heard.topic === "deliveries") void this.claims.now();
    });
  }

  async start(): Promise<void> {
    await this.claims.start();
  }

  /** Takes no more, and lets tries end for so many seconds; what is cut off then is tried again when its lease has ended. */
  async stop(seconds: number): Promise<void> {
    this.isStopping = true;
    this.unsubscribe();
    await this.claims.stop();
    const all = Promise.all([...this.flights.values()].map(({ done }) => done));
    await Promise.race([all, pause(seconds * 1000, undefined, { ref: false })]);
  }

  private async claim(): Promise<void> {
    if (this.isStopping) return;
    const { db } = this.deps;
    const due = await dueReceivers(db);
    const inFlight = [...this.flights.values()].map(({ receiver }) => receiver);
    for (const delivery of await claimDeliveries(db, this.turns.take(due, inFlight))) {
      const { id, receiver } = delivery;
      const done = this.deliver(delivery).finally(() => {
        this.flights.delete(id);
        void this.claims.now();
      });
      this.flights.set(id, { receiver, done });
    }
  }

  private async deliver({ id, workspaceId, receiver }: ClaimedDelivery): Promise<void> {
    const ctx = systemContext(this.deps.db, workspaceId, "deliver-webhook");
    try {
      const sent = await deliverWebhook(ctx, id, this.deps.rules);
      if (!sent) return;
      this.turns.served(receiver, sent.durationMs);
      deliverySeconds.observe({ status: sent.status ?? 0 }, sent.durationMs / 1000);
      log.info("webhook.tried", { deliveryId: id, status: sent.status, durationMs: sent.durationMs });
    } catch (cause) {
      // Its lease ends by itself, and it is tried again under the same id.
      log.warn("webhook.not_settled", { deliveryId: id, cause });
    }
  }
}
