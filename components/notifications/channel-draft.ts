import type { Channel, ChannelKind, NewChannel } from "#server/notifications/contract.ts";

type WebhookAuthorization = "signature" | "bearer";

/** A channel while it is edited: the fields of every kind, so that changing the kind and back loses nothing. */
export interface ChannelDraft {
  /** Names it in the form. */
  key: string;
  id?: string;
  kind: ChannelKind;
  /** The kind that it is stored as, whose secret stays when none is given. */
  storedKind?: ChannelKind;
  /** What the stored secret of a webhook is for. */
  storedAuthorization?: WebhookAuthorization;
  hasSecret: boolean;
  secret: string;
  slackChannel: string;
  per: "group" | "alert";
  sendsChanges: boolean;
  to: string[];
  url: string;
  authorization: WebhookAuthorization;
  maxAlerts: number;
  sendsResolved: boolean;
  mostPerHour: number;
  isEnabled: boolean;
}

export function newDraft(kind: ChannelKind = "email"): ChannelDraft {
  return {
    ...{ key: crypto.randomUUID(), kind, hasSecret: false, secret: "", slackChannel: "", per: "group" },
    ...{ sendsChanges: true, to: [], url: "", maxAlerts: 0, sendsResolved: kind !== "email", mostPerHour: 60 },
    authorization: "signature",
    isEnabled: true,
  };
}

export function draftOf({ id, settings, hasSecret, disabledAt }: Channel): ChannelDraft {
  const stored = { key: id, id, storedKind: settings.kind, hasSecret, isEnabled: disabledAt === null };
  const { channel: slackChannel, ...own } = { channel: "", ...settings };
  const authorization = settings.kind === "webhook" && { storedAuthorization: settings.authorization };
  return { ...newDraft(settings.kind), ...own, slackChannel, ...stored, ...authorization };
}

/** What the commands take of it. */
export function toChannel(draft: ChannelDraft): NewChannel & { id?: string } {
  const { id, secret, isEnabled } = draft;
  return { settings: settingsOf(draft), isEnabled, ...(secret && { secret }), ...(id && { id }) };
}

function settingsOf(draft: ChannelDraft): NewChannel["settings"] {
  const { kind, sendsResolved, mostPerHour } = draft;
  const common = { sendsResolved, mostPerHour };
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
        ...{ kind, ...common, format: "alertmanager", url: draft.url },
        ...{ authorization: draft.authorization, maxAlerts: draft.maxAlerts },
      };
  }
}
