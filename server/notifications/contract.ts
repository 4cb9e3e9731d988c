import { z } from "zod";

export const channelKinds = ["slack-hook", "slack-bot", "pagerduty", "email", "webhook"] as const;
export const ChannelKind = z.enum(channelKinds);
export type ChannelKind = z.infer<typeof ChannelKind>;

/** What a channel is told, by kind. The secret (address of the hook, bot token, routing key, signing secret) is apart. */
export const ChannelSettings = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slack-hook"), sendsResolved: z.boolean().default(true) }),
  z.object({ kind: z.literal("slack-bot"), channel: z.string().min(1), sendsResolved: z.boolean().default(true) }),
  z.object({
    kind: z.literal("pagerduty"),
    /** One event a group, or one an alert. */
    per: z.enum(["group", "alert"]).default("group"),
    sendsChanges: z.boolean().default(true),
    sendsResolved: z.boolean().default(true),
  }),
  z.object({
    kind: z.literal("email"),
    to: z.array(z.email()).min(1).max(50),
    sendsResolved: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal("webhook"),
    url: z.url(),
    /** alertmanager: version 4 as Alertmanager sends it. */
    format: z.enum(["alertmanager"]).default("alertmanager"),
    maxAlerts: z.number().int().min(0).default(0),
    sendsResolved: z.boolean().default(true),
  }),
]);
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/**
 * group: how a group of alerts stands; acknowledged: somebody has it; escalation: a person is called; change: a step of a rollout;
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

/** What every channel makes its own message of: facts and words, nothing of any wire. */
export const Message = z.object({
  /** First line: "PAGE · churn · availability fails 16.7 times too fast". */
  title: z.string(),
  /** Sentences under it. */
  lines: z.array(z.string()).default([]),
  /** Pairs that stand in a table: budget left, gone in, last deploy, acknowledged by. */
  facts: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  severity: z.string(),
  status: z.enum(["firing", "resolved", "acknowledged", "info"]),
  /** Why it is told now, in Alertmanager's words; "" where nothing of that applies. */
  reason: z.string().default(""),
  receiver: z.string().default(""),
  groupKey: z.string().default(""),
  groupLabels: z.record(z.string(), z.string()).default({}),
  alerts: z.array(MessageAlert).default([]),
  /** Paths on this host: "/on-call?group=…". Channels put the public address before them. */
  links: z.array(z.object({ text: z.string(), path: z.string() })).default([]),
});
export type Message = z.infer<typeof Message>;
