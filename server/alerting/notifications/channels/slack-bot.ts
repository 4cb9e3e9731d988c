import { z } from "zod";
import type { Outgoing } from "./outgoing.ts";
import { toSlack } from "./slack-blocks.ts";

/** Identifies a posted message and its channel. */
export const SlackReference = z.object({ ts: z.string(), channel: z.string() });
export type SlackReference = z.infer<typeof SlackReference>;

interface SlackCall {
  method: "chat.postMessage" | "chat.update";
  body: Record<string, unknown>;
}

/**
 * Builds the API call for a bot's channel: the group's message is edited when it changes, and posted the first time, for a reminder,
 * which an edit would not be, and for messages that are not about a group's state.
 */
export function toSlackCall(
  { kind, message, previous, acknowledges }: Outgoing,
  channel: string,
  publicUrl: string,
): SlackCall {
  const content = toSlack(message, { publicUrl, acknowledges });
  const known = isState(kind) && !isReminder(message.reason) ? SlackReference.safeParse(previous).data : undefined;
  if (known) return { method: "chat.update", body: { ...known, ...content } };
  const quiet = { unfurl_links: false, unfurl_media: false };
  return { method: "chat.postMessage", body: { channel, ...content, ...quiet } };
}

/** Whether a message states a group's state, and so may replace the previous one. */
export function isState(kind: Outgoing["kind"]): boolean {
  return kind === "group" || kind === "acknowledged";
}

/** Whether a message is a reminder: a repeat must notify, which an edit does not. */
export function isReminder(reason: string): boolean {
  return reason === "repeat interval elapsed";
}
