import { z } from "zod";
import { type Sent, send } from "#server/platform/webhooks/send.ts";
import type { Outside } from "../outside.ts";
import { type DeliveryOutcome, outcomeOfCall, outcomeOfHook } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";
import { toSlack } from "./slack-blocks.ts";
import { SlackReference, toSlackCall } from "./slack-bot.ts";

/** Maximum size of the response, which repeats the complete message. */
const maxResponseBytes = 64 * 1024;
const maxResponseCharacters = 1024;

const SlackResponse = SlackReference.partial().extend({ ok: z.boolean(), error: z.string().optional() });

/** Posts to an incoming webhook. */
export async function sendToHook(outgoing: Outgoing, url: string, outside: Outside): Promise<DeliveryOutcome> {
  const { message, acknowledges } = outgoing;
  const body = JSON.stringify(toSlack(message, { publicUrl: outside.publicUrl, acknowledges }));
  const sent = await send(url, { headers: jsonHeaders(body), body }, outside.rules);
  return { ...sent, outcome: outcomeOfHook(sent) };
}

/**
 * Posts as a bot, or edits its earlier message about the group. If that message is deleted, it posts a new one.
 * @param to a channel, or a member for a direct message
 */
export async function sendAsBot(
  outgoing: Outgoing,
  { token, to }: { token: string; to: string },
  outside: Outside,
): Promise<DeliveryOutcome> {
  const call = toSlackCall(outgoing, to, outside.publicUrl);
  const body = JSON.stringify(call.body);
  const headers = { ...jsonHeaders(body), Authorization: `Bearer ${token}` };
  // The operator of the installation chose the address, which may be in this network.
  const rules = { allowsPrivate: true };
  const sent = await send(`${outside.slackUrl}/${call.method}`, { headers, body, maxResponseBytes }, rules);
  const response = read(sent);
  if (call.method === "chat.update" && lostErrors.has(response.error ?? "")) {
    return sendAsBot({ ...outgoing, previous: undefined }, { token, to }, outside);
  }
  return {
    ...sent,
    answer: sent.answer?.slice(0, maxResponseCharacters) ?? null,
    outcome: outcomeOfCall(sent, response),
    ...(response.ok && { reference: SlackReference.safeParse(response).data }),
  };
}

const lostErrors = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);

function read({ answer: response }: Sent): z.infer<typeof SlackResponse> {
  try {
    return SlackResponse.parse(JSON.parse(response ?? ""));
  } catch {
    return { ok: false };
  }
}

export function jsonHeaders(body: string): Record<string, string> {
  return {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body).toString(),
    "User-Agent": "Leeway",
  };
}
