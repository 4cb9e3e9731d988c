import { Counter, Histogram } from "prom-client";
import type { Told } from "./channels/outcome.ts";
import type { ChannelKind } from "./contract.ts";
import type { Claims } from "./outbox/claim-notifications.ts";

const tries = new Histogram({
  name: "leeway_notification_duration_seconds",
  help: "Time of one try to send a notification, by kind of channel and by what came of it.",
  labelNames: ["channel", "outcome"],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
});
const superseded = new Counter({
  name: "leeway_notifications_superseded_total",
  help: "Notifications that were not sent, since a newer state of the same group took their place.",
});
const held = new Counter({
  name: "leeway_notifications_held_total",
  help: "Notifications that were held back by the cap of their channel, and counted in a digest.",
});
const takenOver = new Counter({
  name: "leeway_notifications_taken_over_total",
  help: "Notifications that were sent again because whoever sent them stopped before saying so: they may have arrived twice.",
});

/** Counts what a look at the outbox did. */
export function noteClaims(claims: Claims): void {
  superseded.inc(claims.superseded);
  held.inc(claims.held);
  takenOver.inc(claims.takenOver);
}

/** Counts one try. */
export function noteTry({ kind, outcome, durationMs }: Told & { kind: ChannelKind }): void {
  tries.observe({ channel: kind, outcome }, durationMs / 1000);
}
