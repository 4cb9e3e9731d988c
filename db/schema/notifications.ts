import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { belongsTo, instant, ofWorkspace } from "./columns.ts";
import type { JsonColumns } from "./json-columns.ts";
import { storedSecret } from "./stored-secret.ts";

/** Destinations for notifications of alert groups: a name that routes use, with one or more channels. */
export const receivers = pgTable(
  "receivers",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    name: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
    updatedAt: instant().notNull().defaultNow(),
    archivedAt: instant(),
  },
  (table) => [uniqueIndex("receivers_name").on(table.workspaceId, table.name)],
);

export const channels = pgTable(
  "channels",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    receiverId: belongsTo(() => receivers.id),
    /** ChannelKind of server/alerting/notifications/contract.ts. */
    kind: text().notNull(),
    /** ChannelSettings of that kind, without what is secret. */
    settings: jsonb().$type<JsonColumns["channels.settings"]>().notNull(),
    /** URL of the hook, routing key, token or signing secret; never sent to others. */
    secret: storedSecret(),
    /** Secret with which PagerDuty or Slack sign callbacks; null without callbacks. */
    callbackSecret: storedSecret(),
    /** Time of the last callback to the channel's URL with an invalid signature. */
    callbackRejectedAt: instant(),
    createdAt: instant().notNull().defaultNow(),
    disabledAt: instant(),
  },
  (table) => [index("channels_receiver").on(table.receiverId)],
);

/** Callbacks from the other side of a channel, each stored once: a repeated delivery is recognised by its key. */
export const channelCallbacks = pgTable(
  "channel_callbacks",
  {
    workspaceId: ofWorkspace(),
    channelId: belongsTo(() => channels.id),
    /** The event's id at PagerDuty, the digest of what Slack sent. */
    key: text().notNull(),
    at: instant().notNull().defaultNow(),
    /** CallbackAction of server/alerting/notifications/callbacks/contract.ts. */
    action: text().notNull(),
    /** Author as the other side names them; null when no person did it. */
    by: text(),
    groupId: uuid(),
    /** Description of the result. */
    outcome: text().notNull().default(""),
  },
  (table) => [
    primaryKey({ columns: [table.channelId, table.key] }),
    index("channel_callbacks_at").on(table.channelId, table.at),
  ],
);

/** The outbox: one message for one channel or person, written in the transaction of the decision that it reports. */
export const notifications = pgTable(
  "notifications",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    /** Null when a person is notified by one of their contact methods. */
    channelId: uuid().references(() => channels.id, { onDelete: "set null" }),
    userId: uuid(),
    /** Address of a notified person: an email address or a member of a Slack workspace; null for the channel's own. */
    address: text(),
    /** Receiver for fair scheduling: channel, or person and method. */
    turn: text().notNull(),
    /** Ordering key within a receiver: one group, one incident, or this message alone. */
    lane: text().notNull(),
    /** Order within a lane; a decision about a group locks its row. */
    sequence: bigint({ mode: "number" }).notNull().generatedAlwaysAsIdentity(),
    groupId: uuid(),
    incidentId: uuid(),
    /** NotificationKind of server/alerting/notifications/contract.ts. */
    kind: text().notNull(),
    severity: text().notNull(),
    /** Message of server/alerting/notifications/contract.ts. */
    message: jsonb().$type<JsonColumns["notifications.message"]>().notNull(),
    /** Idempotency key: each key is put into the outbox once. */
    deduplicationKey: text().notNull(),
    state: text({ enum: ["pending", "delivered", "dead", "cancelled", "capped"] })
      .notNull()
      .default("pending"),
    attempts: integer().notNull().default(0),
    createdAt: instant().notNull().defaultNow(),
    nextAttemptAt: instant(),
    /** A worker sends it until then; null while none does. One that has passed is of a worker that died. */
    leaseEndsAt: instant(),
    deliveredAt: instant(),
    /** Time at which it became a dead letter. */
    diedAt: instant(),
    /** After it, one that cannot be delivered is a dead letter. */
    expiresAt: instant().notNull().default(sql`now() + interval '1 day'`),
    /** Number of earlier states of its group, never sent, that it replaces. */
    supersedes: integer().notNull().default(0),
    /** Description of why it was not sent. */
    note: text().notNull().default(""),
    /** Data from the channel's response that later messages need, such as the timestamp of a Slack message. */
    reference: jsonb().$type<unknown>(),
  },
  (table) => [
    uniqueIndex("notifications_deduplication").on(table.workspaceId, table.deduplicationKey),
    index("notifications_due").on(table.turn, table.nextAttemptAt).where(sql`${table.state} = 'pending'`),
    index("notifications_lane").on(table.turn, table.lane, table.sequence).where(sql`${table.state} = 'pending'`),
    index("notifications_delivered").on(table.turn, table.deliveredAt).where(sql`${table.state} = 'delivered'`),
    index("notifications_group").on(table.groupId),
    index("notifications_channel").on(table.channelId, table.createdAt),
    index("notifications_created").on(table.workspaceId, table.createdAt),
    index("notifications_died").on(table.workspaceId, table.diedAt).where(sql`${table.state} = 'dead'`),
  ],
);

/** One attempt and its result. */
export const notificationAttempts = pgTable(
  "notification_attempts",
  {
    id: uuid().primaryKey().defaultRandom(),
    workspaceId: ofWorkspace(),
    notificationId: belongsTo(() => notifications.id),
    at: instant().notNull().defaultNow(),
    durationMs: integer().notNull(),
    status: integer(),
    answer: text(),
    error: text(),
  },
  (table) => [index("notification_attempts_of").on(table.notificationId, table.at)],
);
