import { DomainError } from "#server/errors.ts";
import { checkAddress } from "#server/webhooks/address.ts";
import type { NetworkRules } from "#server/webhooks/contract.ts";
import { isAnswering } from "../answers/contract.ts";
import type { ChannelSettings } from "../contract.ts";

interface Wish {
  settings: ChannelSettings;
  secret?: string | undefined;
  answerSecret?: string | null | undefined;
}

/** What is kept of a channel; a secret is undefined where the known one stays. */
export type Checked = Wish;

/**
 * Reads the secret of a channel by its kind, and checks addresses as those of webhooks.
 * @param known the channel that is changed as it is, whose secret may stay; undefined for a new one
 * @param field where the channel stands in the form
 * @throws DomainError "invalid" with the field
 */
export async function checkChannel({ answerSecret, ...wish }: Wish, checks: Checks): Promise<Checked> {
  const { settings } = wish;
  if (answerSecret && !isAnswering(settings.kind)) {
    const message = "Nothing comes back from this kind of channel. Leave the secret for what comes back out.";
    throw new DomainError("invalid", message, { field: `${checks.field}.answerSecret` });
  }
  return { ...(await checkOwn(wish, checks)), answerSecret };
}

interface Checks {
  rules: NetworkRules;
  field: string;
  known?: ChannelSettings | undefined;
}

async function checkOwn(
  { settings, secret }: Omit<Wish, "answerSecret">,
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
 * Whether the secret that a channel has goes with what it is to be. A token is not sent to another host than the one it was given for:
 * who may change an address does not learn it so.
 */
export function secretMayStay(known: ChannelSettings | undefined, next: ChannelSettings): boolean {
  if (known?.kind !== "webhook" || next.kind !== "webhook") return known?.kind === next.kind;
  if (known.authorization !== next.authorization) return false;
  return next.authorization === "signature" || new URL(known.url).origin === new URL(next.url).origin;
}

function checkToken(token: string | undefined, mayStay: boolean, field: string): void {
  if (token === undefined && !mayStay) {
    throw new DomainError("invalid", "Give the token that this host asks for; one of another host is not kept.", {
      field,
    });
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new DomainError("invalid", "A token has no spaces and only plain letters, digits and signs.", { field });
  }
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
