import type { NetworkRules } from "#server/platform/network/network-rules.ts";

/** Outbound services for notifications, as configured by the operator of this installation. */
export interface Outside {
  /** Prefix of every path in a message; without a trailing slash. */
  publicUrl: string;
  slackUrl: string;
  pagerdutyUrl: string;
  /** Undefined where no mail server is known. */
  mail: { url: string; from: string } | undefined;
  /** Network rules for URLs entered by members, as for webhooks. */
  rules: NetworkRules;
}
