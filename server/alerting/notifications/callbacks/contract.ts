import { z } from "zod";
import type { ChannelKind } from "../contract.ts";

/** Kinds of channels from which what people do comes back. */
export type CallbackKind = Extract<ChannelKind, "pagerduty" | "slack-bot" | "slack-hook">;

const answering: readonly ChannelKind[] = ["pagerduty", "slack-bot", "slack-hook"] satisfies CallbackKind[];

/** Whether something comes back from such a channel. */
export function isCallbackKind(kind: ChannelKind): kind is CallbackKind {
  return answering.includes(kind);
}

/** Below the public address: where PagerDuty or Slack send what people do. */
export function callbackPath(channelId: string): string {
  return `/api/v1/channels/${channelId}/callbacks`;
}

/** acknowledge: somebody takes the group; resolve: somebody says there that it is over; none: nothing is to be done. */
export type CallbackAction = "acknowledge" | "resolve" | "none";

/** A person at PagerDuty or Slack. */
export interface CallbackUser {
  name: string;
  /** Known only where the other side tells it. */
  email?: string | undefined;
  /** Id of a member of a Slack workspace. */
  slackMember?: string | undefined;
}

/** What one message from outside says, whoever sent it. */
export interface Callback {
  /** The same at every delivery of the same message. */
  key: string;
  action: CallbackAction;
  /** Null where no person did it, such as the echo of an acknowledgement made here. */
  by: CallbackUser | null;
  /** Which group it is about: by its id, or by how PagerDuty knows its incident. */
  about: { groupId: string } | { dedupKey: string | null; title: string | null } | null;
  /** When it was done there. */
  at: Date;
  /** Where whoever did it can be told something in private. */
  responseUrl?: string | undefined;
}

/** As it came, before anything of it is believed. */
export interface ReceivedCallback {
  channelId: string;
  /** The bytes that were signed. */
  body: Buffer;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Network address of who sent it, for the audit log. */
  address?: string | undefined;
}

export const CallbackReceipt = z.object({
  /** What came of it, in words; empty where nothing was to be done. */
  outcome: z.string(),
  /** Whether what was asked for happened. */
  isDone: z.boolean(),
  /** Whether it had come before, and so did nothing. */
  isRepeated: z.boolean(),
});
export type CallbackReceipt = z.infer<typeof CallbackReceipt>;
