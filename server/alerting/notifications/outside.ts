import type { NetworkRules } from "#server/platform/network/network-rules.ts";

/** Where notifications leave by, as the operator of this installation set it. */
export interface Outside {
  /** Stands before every path in a message; without a slash at the end. */
  publicUrl: string;
  slackUrl: string;
  pagerdutyUrl: string;
  /** Undefined where no mail server is known. */
  mail: { url: string; from: string } | undefined;
  /** Of addresses that members write, as for webhooks. */
  rules: NetworkRules;
}
