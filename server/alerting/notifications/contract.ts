import { z } from "zod";
import { noControlCharacters } from "#server/base/text/control-characters.ts";

export const channelKinds = ["slack-hook", "slack-bot", "pagerduty", "email", "webhook"] as const;
export const ChannelKind = z.enum(channelKinds);
export type ChannelKind = z.infer<typeof ChannelKind>;

/** Common settings of all kinds: whether resolutions are notified, and the maximum number of messages per hour besides pages. */
const common = (sendsResolved: boolean) => ({
  sendsResolved: z.boolean().default(sendsResolved),
  maxPerHour: z.number().int().min(1).max(3600).default(60),
});

/** Settings of a channel, by kind. The secret (hook URL, bot token, routing key, signing secret) is stored separately. */
export const ChannelSettings = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slack-hook"), ...common(true) }),
  z.object({ kind: z.literal("slack-bot"), channel: z.string().trim().min(1).max(100), ...common(true) }),
  z.object({
    kind: z.literal("pagerduty"),
    /** One event a group, or one an alert. */
    per: z.enum(["group", "alert"]).default("group"),
    sendsChanges: z.boolean().default(true),
    ...common(true),
  }),
  z.object({ kind: z.literal("email"), to: z.array(z.email().max(254)).min(1).max(50), ...common(false) }),
  z.object({
    kind: z.literal("webhook"),
    url: z.url().max(2000),
    /** alertmanager: version 4 as Alertmanager sends it. */
    format: z.enum(["alertmanager"]).default("alertmanager"),
    /** Use of the secret: it signs every message, or is sent as "Authorization: Bearer …", which another Leeway requires. */
    authorization: z.enum(["signature", "bearer"]).default("signature"),
    /** 0 sends all. */
    maxAlerts: z.number().int().min(0).max(10_000).default(0),
    ...common(true),
  }),
]);
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/**
 * group: state of a group of alerts; acknowledged: it was acknowledged; escalation: a person is paged; change: a step of a rollout;
 * notice: a silence ends, an acknowledgement ends, a shift is handed over; incident: its severity or state changed; test.
 */
export const notificationKinds = [
  "group",
  "acknowledged",
  "escalation",
  "change",
  "notice",
  "incident",
  "test",
] as const;
export const NotificationKind = z.enum(notificationKinds);
export type NotificationKind = z.infer<typeof NotificationKind>;

export const MessageAlert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.date(),
  /** Null while it fires. */
  endsAt: z.date().nullable(),
  generatorUrl: z.string(),
  fingerprint: z.string(),
});
export type MessageAlert = z.infer<typeof MessageAlert>;

/** Name of the fact with the user who acknowledged a group. */
export const acknowledgedFact = "Acknowledged by";

/** Content that every channel formats as its own message: facts and texts, independent of any protocol. */
export const Message = z.object({
  /** First line: "PAGE · churn · availability fails 16.7 times too fast". */
  title: z.string(),
  /** Sentences under it. */
  lines: z.array(z.string()).default([]),
  /** Pairs shown in a table: budget left, gone in, last deploy, acknowledged by. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  severity: z.string(),
  status: z.enum(["firing", "resolved", "acknowledged", "info"]),
  /** Reason for this notification, in Alertmanager's words; "" when none applies. */
  reason: z.string().default(""),
  receiver: z.string().default(""),
  groupKey: z.string().default(""),
  groupLabels: z.record(z.string(), z.string()).default({}),
  alerts: z.array(MessageAlert).default([]),
  /** Paths on this host: "/on-call/INC-7". Channels prepend the public address. */
  links: z.array(z.object({ text: z.string(), path: z.string() })).default([]),
});
export type Message = z.infer<typeof Message>;

/** Receivers that the routing of every workspace names from its start. */
export const usualReceivers = ["on-call", "tickets"] as const;

const ReceiverName = z
  .string()
  .trim()
  .min(1, "Enter a name for the receiver, such as on-call.")
  .max(100)
  .check(noControlCharacters);

export const NewChannel = z.object({
  settings: ChannelSettings,
  /**
   * Address of the hook, bot token, routing key, signing secret or token, by kind. If omitted in an update, the stored one stays; a token
   * stays only if its host stays the same.
   */
  secret: z.string().trim().min(1).max(2000).optional(),
  /**
   * Secret with which PagerDuty (webhook secret) or Slack (the app's signing secret) sign callbacks, so that they are accepted. Unchanged
   * when omitted from an update; null deletes it.
   */
  callbackSecret: z.string().trim().min(8).max(200).nullable().optional(),
  isEnabled: z.boolean().default(true),
});
export type NewChannel = z.input<typeof NewChannel>;

const maxChannels = 20;

export const CreateReceiver = z.object({
  name: ReceiverName,
  channels: z.array(NewChannel).max(maxChannels).default([]),
});
export type CreateReceiver = z.input<typeof CreateReceiver>;

/** Channels as they are to be: those with an id are changed, those without are added, and those left out are removed. */
export const UpdateReceiver = z.object({
  receiverId: z.uuid(),
  channels: z.array(NewChannel.extend({ id: z.uuid().optional() })).max(maxChannels),
});
export type UpdateReceiver = z.input<typeof UpdateReceiver>;

export const ArchiveReceiver = z.object({ receiverId: z.uuid(), reason: z.string().trim().max(500).optional() });
export type ArchiveReceiver = z.infer<typeof ArchiveReceiver>;

export const ChannelCallbacks = z.object({
  /** Path of the address to enter there, below the public address of this installation. */
  path: z.string(),
  hasSecret: z.boolean(),
  /** Time and outcome of the last accepted callback. */
  lastAt: z.date().nullable(),
  lastOutcome: z.string().nullable(),
  /** Time of the last callback with an invalid signature. */
  refusedAt: z.date().nullable(),
});
export type ChannelCallbacks = z.infer<typeof ChannelCallbacks>;

export const Channel = z.object({
  id: z.uuid(),
  settings: ChannelSettings,
  hasSecret: z.boolean(),
  createdAt: z.date(),
  disabledAt: z.date().nullable(),
  /** Queued messages, and those of the last day that failed permanently or were rate-limited. */
  outbox: z.object({ pending: z.number().int(), dead: z.number().int(), held: z.number().int() }),
  lastDeliveredAt: z.date().nullable(),
  /** Callback settings of PagerDuty or Slack; null for kinds without callbacks. */
  answers: ChannelCallbacks.nullable(),
});
export type Channel = z.infer<typeof Channel>;

export const Receiver = z.object({
  id: z.uuid(),
  name: z.string(),
  channels: z.array(Channel),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type Receiver = z.infer<typeof Receiver>;

export const notificationStates = ["pending", "delivered", "dead", "cancelled", "capped"] as const;
export const NotificationState = z.enum(notificationStates);
export type NotificationState = z.infer<typeof NotificationState>;

export const NotificationAttempt = z.object({
  at: z.date(),
  durationMs: z.number().int(),
  /** Null without a response. */
  status: z.number().int().nullable(),
  answer: z.string().nullable(),
  error: z.string().nullable(),
});
export type NotificationAttempt = z.infer<typeof NotificationAttempt>;

export const TestResult = NotificationAttempt.extend({ isDelivered: z.boolean() });
export type TestResult = z.infer<typeof TestResult>;

export const ListNotifications = z.object({
  state: NotificationState.optional(),
  receiverId: z.uuid().optional(),
  channelId: z.uuid().optional(),
  groupId: z.uuid().optional(),
  incidentId: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** Id of the last one of the page before. */
  after: z.uuid().optional(),
});
export type ListNotifications = z.input<typeof ListNotifications>;

/** One message for one channel or person, with its tries, the oldest first. */
export const Notification = z.object({
  id: z.uuid(),
  kind: NotificationKind,
  severity: z.string(),
  title: z.string(),
  state: NotificationState,
  /** Reason why it was not sent; empty if it was, or still may be. */
  note: z.string(),
  /** Null for messages to a person, or when the channel has been removed. */
  channel: z.object({ id: z.uuid(), kind: ChannelKind, receiver: z.string() }).nullable(),
  /** Name of the person that it is for. */
  person: z.string().nullable(),
  groupId: z.uuid().nullable(),
  incidentId: z.uuid().nullable(),
  tries: z.number().int(),
  attempts: z.array(NotificationAttempt),
  /** Number of earlier unsent states of its group that it replaces; for a digest, number of rate-limited messages. */
  supersedes: z.number().int(),
  createdAt: z.date(),
  nextAttemptAt: z.date().nullable(),
  deliveredAt: z.date().nullable(),
});
export type Notification = z.infer<typeof Notification>;
