import { Counter, Histogram } from "prom-client";
import type { DeliveryOutcome } from "./channels/outcome.ts";
import type { ChannelKind } from "./contract.ts";
import type { Claims } from "./outbox/claim-notifications.ts";

const tries = new Histogram({
  name: "leeway_notification_duration_seconds",
  help: "Duration of notification attempts by channel type and outcome.",
  labelNames: ["channel", "outcome"],
  buckets: [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30],
});
const superseded = new Counter({
  name: "leeway_notifications_superseded_total",
  help: "Notifications superseded by a newer state of the same alert group.",
});
const held = new Counter({
  name: "leeway_notifications_rate_limited_total",
  help: "Notifications held back by their channel's rate limit and summarised in a digest.",
});
const resent = new Counter({
  name: "leeway_notifications_resent_total",
  help: "Notifications resent because the previous sender stopped before recording the outcome; they may have been delivered twice.",
});

/** Counts what a look at the outbox did. */
export function noteClaims(claims: Claims): void {
  superseded.inc(claims.superseded);
  held.inc(claims.held);
  resent.inc(claims.resent);
}

/** Counts one try. */
export function noteTry({ kind, outcome, durationMs }: DeliveryOutcome & { kind: ChannelKind }): void {
  tries.observe({ channel: kind, outcome }, durationMs / 1000);
}
