import { isCallbackKind } from "#server/alerting/notifications/callbacks/contract.ts";
import type { Channel, ChannelKind, NewChannel } from "#server/alerting/notifications/contract.ts";

type WebhookAuthorization = "signature" | "bearer";

/** A channel while it is edited: the fields of every kind, so that changing the kind and back loses nothing. */
export interface ChannelDraft {
  /** Names it in the form. */
  key: string;
  id?: string;
  kind: ChannelKind;
  /** Kind of the stored channel, whose secret stays if no new one is given. */
  storedKind?: ChannelKind;
  /** Kind of authorization that the stored secret of a webhook is used for. */
  storedAuthorization?: WebhookAuthorization;
  hasSecret: boolean;
  secret: string;
  /** Whether a secret for incoming acknowledgements is stored. */
  hasCallbackSecret: boolean;
  callbackSecret: string;
  /** False takes the stored one away. */
  takesCallbacks: boolean;
  slackChannel: string;
  per: "group" | "alert";
  sendsChanges: boolean;
  to: string[];
  url: string;
  authorization: WebhookAuthorization;
  maxAlerts: number;
  sendsResolved: boolean;
  maxPerHour: number;
  isEnabled: boolean;
}

export function newDraft(kind: ChannelKind = "email"): ChannelDraft {
  return {
    key: crypto.randomUUID(),
    kind,
    hasSecret: false,
    secret: "",
    slackChannel: "",
    per: "group",
    sendsChanges: true,
    to: [],
    url: "",
    maxAlerts: 0,
    sendsResolved: kind !== "email",
    maxPerHour: 60,
    authorization: "signature",
    hasCallbackSecret: false,
    callbackSecret: "",
    takesCallbacks: true,
    isEnabled: true,
  };
}

export function draftOf({ id, settings, hasSecret, answers: callbacks, disabledAt }: Channel): ChannelDraft {
  const hasCallbackSecret = callbacks?.hasSecret ?? false;
  const stored = {
    key: id,
    id,
    storedKind: settings.kind,
    hasSecret,
    hasCallbackSecret,
    isEnabled: disabledAt === null,
  };
  const { channel: slackChannel, ...own } = { channel: "", ...settings };
  const authorization = settings.kind === "webhook" && { storedAuthorization: settings.authorization };
  return { ...newDraft(settings.kind), ...own, slackChannel, ...stored, ...authorization };
}

/** Converts a draft to the input of the commands. */
export function toChannel(draft: ChannelDraft): NewChannel & { id?: string } {
  const { id, secret, isEnabled } = draft;
  return {
    settings: settingsOf(draft),
    isEnabled,
    ...(secret && { secret }),
    ...(id && { id }),
    ...answersOf(draft),
  };
}

/** Returns whether the stored secret for incoming acknowledgements is retained if none is entered: not after a change of kind. */
export function keepsCallbackSecret({ kind, storedKind, hasCallbackSecret }: ChannelDraft): boolean {
  return hasCallbackSecret && storedKind === kind;
}

function answersOf(draft: ChannelDraft): Pick<NewChannel, "callbackSecret"> {
  if (!isCallbackKind(draft.kind)) return {};
  if (!draft.takesCallbacks) return keepsCallbackSecret(draft) ? { callbackSecret: null } : {};
  return draft.callbackSecret ? { callbackSecret: draft.callbackSecret } : {};
}

function settingsOf(draft: ChannelDraft): NewChannel["settings"] {
  const { kind, sendsResolved, maxPerHour } = draft;
  const common = { sendsResolved, maxPerHour };
  switch (kind) {
    case "slack-hook":
      return { kind, ...common };
    case "slack-bot":
      return { kind, ...common, channel: draft.slackChannel };
    case "pagerduty":
      return { kind, ...common, per: draft.per, sendsChanges: draft.sendsChanges };
    case "email":
      return { kind, ...common, to: draft.to };
    case "webhook":
      return {
        kind,
        ...common,
        format: "alertmanager",
        url: draft.url,
        authorization: draft.authorization,
        maxAlerts: draft.maxAlerts,
      };
  }
}
