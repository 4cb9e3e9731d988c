import { sql } from "drizzle-orm";
import { index, integer, pgEnum, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import { endpoints } from "./serving.ts";

/** pending: still to be tried; failed: given up, can be replayed; cancelled: its webhook was switched off meanwhile. */
export const deliveryState = pgEnum("delivery_state", ["pending", "delivered", "failed", "cancelled"]);

/** An address that is told of events; with an endpoint, what signs and keeps the deliveries of its tasks. */
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
    /** Signs deliveries. Kept readable, since every delivery needs it; it is never sent to anybody. */
    secret: text(),
    /** The secret before the last change; signs too until then, so that a receiver can change without a gap. */
    previousSecret: text(),
    previousSecretUntil: instant(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    /** Since when it is switched off. */
    disabledAt: instant(),
  },
  (table) => [index("webhooks_workspace").on(table.workspaceId, table.createdAt)],
);

/** The outbox: one event for one webhook, written in the transaction of the change it tells of. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    /** Sent along, so that a receiver knows a repetition. */
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    webhookId: belongsTo(() => webhooks.id),
    event: text().notNull(),
    /** Where it goes when not to the address of its webhook. */
    url: text(),
    /** Who must not be overrun, and holds up no other: the webhook, and the host where deliveries name an address of their own. */
    receiver: text()
      .notNull()
      .generatedAlwaysAs(sql`webhook_id::text || coalesce(' ' || lower(substring(url from '^[^:]+://[^/?#]+')), '')`),
    /** Id of the task that it tells of. */
    taskId: uuid(),
    body: text().notNull(),
    state: deliveryState().notNull().default("pending"),
    attempts: integer().notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    /** When it is tried next, while it is being tried when another worker would try it again; null when it is not. */
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

/** The delivery log: one try, and what came back. */
export const webhookAttempts = pgTable(
  "webhook_attempts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    deliveryId: belongsTo(() => webhookDeliveries.id),
    at: instant().notNull().defaultNow(),
    durationMs: integer().notNull(),
    /** HTTP status; null when no answer came. */
    status: integer(),
    /** The first bytes of the answer. */
    answer: text(),
    /** Why no answer came. */
    error: text(),
  },
  (table) => [index("webhook_attempts_delivery").on(table.deliveryId, table.at)],
);
