import { DomainError } from "#server/base/errors.ts";
import { checkAddress } from "#server/platform/network/address.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { isCallbackKind } from "../callbacks/contract.ts";
import type { ChannelSettings } from "../contract.ts";

interface ChannelInput {
  settings: ChannelSettings;
  secret?: string | undefined;
  callbackSecret?: string | null | undefined;
}

/** Stored data of a channel; a secret is undefined if the current one stays. */
export type Checked = ChannelInput;

/**
 * Reads the secret of a channel by its kind, and checks addresses like those of webhooks.
 * @param known the existing channel, whose secret may stay; undefined for a new one
 * @param field path of the channel in the form
 * @throws DomainError "invalid" with the field
 */
export async function checkChannel({ callbackSecret, ...input }: ChannelInput, checks: Checks): Promise<Checked> {
  const { settings } = input;
  if (callbackSecret && !isCallbackKind(settings.kind)) {
    const message = "This channel type does not support callbacks. Omit the callback secret.";
    throw new DomainError("invalid", message, { field: `${checks.field}.callbackSecret` });
  }
  return { ...(await checkOwn(input, checks)), callbackSecret };
}

interface Checks {
  rules: NetworkRules;
  field: string;
  known?: ChannelSettings | undefined;
}

async function checkOwn(
  { settings, secret }: Omit<ChannelInput, "callbackSecret">,
  { rules, field, known }: Checks,
): Promise<Checked> {
  const mayStay = secretMayStay(known, settings);
  if (settings.kind === "email") return { settings };
  if (settings.kind === "webhook") {
    const url = await at(`${field}.settings.url`, checkAddress(settings.url, rules));
    if (settings.authorization === "bearer") checkToken(secret, mayStay, `${field}.secret`);
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

/**
 * Whether a channel's secret may be kept after a change. A token is not sent to another host than the one it was issued for: otherwise a
 * user who may change the URL could read it.
 */
export function secretMayStay(known: ChannelSettings | undefined, next: ChannelSettings): boolean {
  if (known?.kind !== "webhook" || next.kind !== "webhook") return known?.kind === next.kind;
  if (known.authorization !== next.authorization) return false;
  return next.authorization === "signature" || new URL(known.url).origin === new URL(next.url).origin;
}

function checkToken(token: string | undefined, mayStay: boolean, field: string): void {
  if (token === undefined && !mayStay) {
    throw new DomainError("invalid", "Enter the token for this host; tokens of other hosts are not reused.", {
      field,
    });
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new DomainError("invalid", "A token can contain only ASCII letters, digits and symbols, without spaces.", {
      field,
    });
  }
}

const missing = {
  "slack-hook": "Enter the incoming webhook URL from Slack: https://hooks.slack.com/services/….",
  "slack-bot": "Enter the bot token; it starts with xoxb-.",
  pagerduty: "Enter the integration key (routing key) of the PagerDuty service.",
};

const shapes = {
  "slack-bot": {
    pattern: /^xox[abpe][-.][\x21-\x7e]+$/,
    words: "A Slack bot token starts with xoxb-. Find it under OAuth & Permissions of the app.",
  },
  pagerduty: {
    pattern: /^[A-Za-z0-9]{32}$/,
    words: "A PagerDuty routing key has 32 letters and digits. Find it in the service's Events API v2 integration.",
  },
};

async function at<Result>(field: string, checked: Promise<Result>): Promise<Result> {
  return checked.catch((error: unknown) => {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, error.message, { cause: error, field });
  });
}
