import { createHash } from "node:crypto";
import { z } from "zod";
import { acknowledgeAction } from "../channels/slack-blocks.ts";
import type { Callback } from "./contract.ts";

/** Fields read from an interaction: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const Interaction = z.object({
  type: z.string(),
  user: z.object({ id: z.string().max(80), name: z.string().nullish(), username: z.string().nullish() }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().nullish() })).default([]),
  response_url: z.string().nullish(),
});

/**
 * Reads a button click. Clicks on link buttons are sent too, and request nothing. Slack sends a click once; the same bytes again are a
 * copy, whatever time they are signed for.
 * @throws ZodError or SyntaxError for anything that is not an interaction
 */
export function readSlack(body: Buffer, now: number): Callback {
  const payload = new URLSearchParams(body.toString("utf8")).get("payload") ?? "";
  const { type, user, actions, response_url } = Interaction.parse(JSON.parse(payload));
  const pressed = type === "block_actions" ? actions.find((one) => one.action_id === acknowledgeAction) : undefined;
  const groupId = z.uuid().safeParse(pressed?.value).data;
  return {
    key: createHash("sha256").update(body).digest("hex"),
    at: new Date(now),
    action: groupId === undefined ? "none" : "acknowledge",
    by: { name: user.name || user.username || "Someone", slackMember: user.id },
    about: groupId === undefined ? null : { groupId },
    responseUrl: response_url ?? undefined,
  };
}
