import type { ChannelKind, ChannelSettings, NotificationKind } from "#server/alerting/notifications/contract.ts";

export const kindLabels: Record<ChannelKind, string> = {
  "slack-hook": "Slack, incoming webhook",
  "slack-bot": "Slack, bot",
  pagerduty: "PagerDuty",
  email: "E-mail",
  webhook: "Webhook",
};

export const notificationLabels: Record<NotificationKind, string> = {
  group: "Alert group update",
  acknowledged: "Acknowledgement",
  escalation: "Escalation",
  change: "Change",
  notice: "Notification",
  incident: "Incident",
  test: "Test",
};

/** Describes the target of a channel in a few words. */
export function targetOf(settings: ChannelSettings): string {
  switch (settings.kind) {
    case "slack-hook":
      return "the webhook's channel";
    case "slack-bot":
      return settings.channel;
    case "pagerduty":
      return settings.per === "group" ? "one incident per group" : "one incident per alert";
    case "email":
      return settings.to.join(", ");
    case "webhook":
      return new URL(settings.url).host;
  }
}
