import { DomainError } from "#server/errors.ts";
import { checkAddress } from "#server/webhooks/address.ts";
import type { NetworkRules } from "#server/webhooks/contract.ts";
import type { ChannelKind, ChannelSettings } from "../contract.ts";

interface Wish {
  settings: ChannelSettings;
  secret?: string | undefined;
}

/** What is kept of a channel; `secret` is undefined where the known one stays. */
export type Checked = Wish;

/**
 * Reads the secret of a channel by its kind, and checks addresses as those of webhooks.
 * @param known the kind of the channel that is changed, whose secret may stay; undefined for a new one
 * @param field where the channel stands in the form
 * @throws DomainError "invalid" with the field
 */
export async function checkChannel(
  { settings, secret }: Wish,
  { rules, field, known }: { rules: NetworkRules; field: string; known?: { kind: ChannelKind } | undefined },
): Promise<Checked> {
  const mayStay = known?.kind === settings.kind;
  if (settings.kind === "email") return { settings };
  if (settings.kind === "webhook") {
    const url = await at(`${field}.settings.url`, checkAddress(settings.url, rules));
    return { settings: { ...settings, url }, secret };
  }
  if (secret === undefined) {
    if (mayStay) return { settings };
    throw new DomainError("invalid", missing[settings.kind], { field: `${field}.secret` });
  }
  if (settings.kind === "slack-hook")
    return { settings, secret: await at(`${field}.secret`, checkAddress(secret, rules)) };
  const { pattern, words } = shapes[settings.kind];
  if (!pattern.test(secret)) throw new DomainError("invalid", words, { field: `${field}.secret` });
  return { settings, secret };
}

const missing = {
  "slack-hook": "Give the address of the incoming webhook, which Slack shows as https://hooks.slack.com/services/….",
  "slack-bot": "Give the bot token, which begins with xoxb-.",
  pagerduty: "Give the integration key (routing key) of the PagerDuty service.",
};

const shapes = {
  "slack-bot": {
    pattern: /^xox[abpe][-.][\x21-\x7e]+$/,
    words: "A bot token of Slack begins with xoxb-. It stands under OAuth & Permissions of the app.",
  },
  pagerduty: {
    pattern: /^[A-Za-z0-9]{32}$/,
    words:
      "A routing key of PagerDuty has 32 letters and digits. It stands with the Events API v2 integration of the service.",
  },
};

async function at<Result>(field: string, checked: Promise<Result>): Promise<Result> {
  return checked.catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.message, { cause: error, field });
  });
}
