import { sql } from "drizzle-orm";
import { index, integer, pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { endpoints } from "./serving.ts";
import { storedSecret } from "./stored-secret.ts";

/** pending: still to be attempted; failed: no more attempts, can be replayed; cancelled: its webhook was disabled in the meantime. */
export const deliveryState = pgEnum("delivery_state", ["pending", "delivered", "failed", "cancelled"]);

/** A URL that receives events; with an endpoint, it signs and stores the deliveries of that endpoint's tasks. */
export const webhooks = pgTable(
  "webhooks",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Null for those of the settings. */
    endpointId: uuid()
      .unique()
      .references(() => endpoints.id, { onDelete: "cascade" }),
    name: text().notNull(),
    description: text().notNull().default(""),
    url: text().notNull(),
    /** Patterns: "model_version.created", "endpoint.*", "*". */
    events: text().array().notNull(),
    /** Secret that signs deliveries; never sent to anyone. */
    secret: storedSecret(),
    /** The secret before the last change; signs too until then, so that a receiver can change without a gap. */
    previousSecret: storedSecret(),
    previousSecretUntil: instant(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    /** Since when it is switched off. */
    disabledAt: instant(),
  },
  (table) => [index("webhooks_workspace").on(table.workspaceId, table.createdAt)],
);

/** The outbox: one event for one webhook, written in the transaction of the change that it reports. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    /** Sent along, so that a receiver knows a repetition. */
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    webhookId: belongsTo(() => webhooks.id),
    event: text().notNull(),
    /** Target URL when it is not that of its webhook. */
    url: text(),
    /** Receiver whose load is limited separately: the webhook, and the host where deliveries name a URL of their own. */
    receiver: text()
      .notNull()
      .generatedAlwaysAs(sql`webhook_id::text || coalesce(' ' || lower(substring(url from '^[^:]+://[^/?#]+')), '')`),
    /** Id of the task that it reports. */
    taskId: uuid(),
    body: text().notNull(),
    state: deliveryState().notNull().default("pending"),
    attempts: integer().notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    /** Time of the next attempt; during an attempt, the time at which another worker would retry; null when none is due. */
    nextAttemptAt: instant(),
    /** The delivery that was sent again by this one. */
    replayOf: uuid(),
  },
  (table) => [
    index("webhook_deliveries_webhook").on(table.webhookId, table.createdAt),
    index("webhook_deliveries_due").on(table.receiver, table.nextAttemptAt).where(sql`${table.state} = 'pending'`),
    index("webhook_deliveries_created").on(table.createdAt),
    index("webhook_deliveries_task").on(table.taskId),
  ],
);

/** The delivery log: one attempt and its result. */
export const webhookAttempts = pgTable(
  "webhook_attempts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    deliveryId: belongsTo(() => webhookDeliveries.id),
    at: instant().notNull().defaultNow(),
    durationMs: integer().notNull(),
    /** HTTP status; null when no response arrived. */
    status: integer(),
    /** The first bytes of the response. */
    answer: text(),
    /** Reason why there was no response. */
    error: text(),
  },
  (table) => [index("webhook_attempts_delivery").on(table.deliveryId, table.at)],
);
