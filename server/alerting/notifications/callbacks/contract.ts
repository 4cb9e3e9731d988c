import { z } from "zod";
import type { ChannelKind } from "../contract.ts";

/** Kinds of channels that send user actions back. */
export type CallbackKind = Extract<ChannelKind, "pagerduty" | "slack-bot" | "slack-hook">;

const answering: readonly ChannelKind[] = ["pagerduty", "slack-bot", "slack-hook"] satisfies CallbackKind[];

/** Whether such a channel sends callbacks. */
export function isCallbackKind(kind: ChannelKind): kind is CallbackKind {
  return answering.includes(kind);
}

/** Returns the path, below the public address, that PagerDuty or Slack send user actions to. */
export function callbackPath(channelId: string): string {
  return `/api/v1/channels/${channelId}/callbacks`;
}

/** acknowledge: a user acknowledges the group; unacknowledge: that ended there; resolve: a user resolves it there; none: no action. */
export type CallbackAction = "acknowledge" | "unacknowledge" | "resolve" | "none";

/** A person at PagerDuty or Slack. */
export interface CallbackUser {
  name: string;
  /** Undefined unless the other side includes it. */
  email?: string | undefined;
  /** Id of a member of a Slack workspace. */
  slackMember?: string | undefined;
}

/** Content of one callback, from any sender. */
export interface Callback {
  /** The same at every delivery of the same message. */
  key: string;
  action: CallbackAction;
  /** Null if no person acted, such as the echo of an acknowledgement in Leeway. */
  by: CallbackUser | null;
  /** Group concerned: by its ID, or by PagerDuty's identification of its incident. */
  about: { groupId: string } | { dedupKey: string | null; title: string | null } | null;
  /** Time of the action there. */
  at: Date;
  /** URL for a private reply to the user. */
  responseUrl?: string | undefined;
}

/** Callback as received, before its signature is verified. */
export interface ReceivedCallback {
  channelId: string;
  /** The bytes that were signed. */
  body: Buffer;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Network address of the sender, for the audit log. */
  address?: string | undefined;
}

export const CallbackReceipt = z.object({
  /** Result as a sentence; empty when there was nothing to do. */
  outcome: z.string(),
  /** Whether the requested action was performed. */
  isDone: z.boolean(),
  /** Whether it was a repeated delivery, which did nothing. */
  isRepeated: z.boolean(),
});
export type CallbackReceipt = z.infer<typeof CallbackReceipt>;
