import { z } from "zod";
import type { Outgoing } from "./outgoing.ts";
import { toSlack } from "./slack-blocks.ts";

/** Which message of which channel was written. */
export const SlackReference = z.object({ ts: z.string(), channel: z.string() });
export type SlackReference = z.infer<typeof SlackReference>;

interface SlackCall {
  method: "chat.postMessage" | "chat.update";
  body: Record<string, unknown>;
}

/**
 * The call that tells a bot's channel: the message of the group is edited when it changes, and written anew the first time, for a
 * reminder, which an edit would not be, and for what is not about the state of a group.
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

/** Whether a message says how a group stands, and so may take the place of the one before. */
export function isState(kind: Outgoing["kind"]): boolean {
  return kind === "group" || kind === "acknowledged";
}

/** A repeat has to be heard, which an edit is not. */
export function isReminder(reason: string): boolean {
  return reason === "repeat interval elapsed";
}
