import { and, eq, isNull } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { channels, receivers } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import {
  type Callback,
  type CallbackKind,
  type CallbackReceipt,
  isCallbackKind,
  type ReceivedCallback,
} from "../../alerting/notifications/callbacks/contract.ts";
import { readPagerDuty } from "../../alerting/notifications/callbacks/read-pagerduty.ts";
import { readSlack } from "../../alerting/notifications/callbacks/read-slack.ts";
import { isSignedByPagerDuty, isSignedBySlack } from "../../alerting/notifications/callbacks/signatures.ts";
import { ChannelKind } from "../../alerting/notifications/contract.ts";
import { channelCallbackSecret } from "../../alerting/notifications/receivers/channel-secrets.ts";
import { receiveCallback } from "./receive-callback.ts";

/**
 * Handles a callback of PagerDuty or Slack to the URL of a channel, which is authenticated by its signature and not by a session.
 * @returns the outcome, and where the user can be notified of it
 * @throws DomainError "not-found", whether the URL or the signature is wrong; "invalid" for a signed body that cannot be parsed
 */
export async function handleCallback(
  db: Database,
  { channelId, body, headers, address }: ReceivedCallback,
  now = Date.now(),
): Promise<CallbackReceipt & { callback: Callback }> {
  const [channel] = await db
    .select({
      id: channels.id,
      workspaceId: channels.workspaceId,
      kind: channels.kind,
      callbackSecret: channels.callbackSecret,
    })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(and(eq(channels.id, channelId), isNull(receivers.archivedAt)));
  const kind = channel && ChannelKind.parse(channel.kind);
  if (!channel || !kind || !isCallbackKind(kind)) throw unknown();
  const secret = await channelCallbackSecret(db, channel);
  if (!secret) throw unknown();
  if (!isSigned(kind, { body, headers, secret, now })) {
    await db
      .update(channels)
      .set({ callbackRejectedAt: new Date(now) })
      .where(and(eq(channels.id, channelId), eq(channels.workspaceId, channel.workspaceId)));
    throw unknown();
  }
  const ctx = systemContext(db, channel.workspaceId, "receive-answer");
  const callback = read(kind, body, now);
  return { ...(await receiveCallback(ctx, { channelId, kind, callback, address }, now)), callback };
}

interface Signed extends Pick<ReceivedCallback, "body" | "headers"> {
  secret: string;
  now: number;
}

function isSigned(kind: CallbackKind, { body, headers, secret, now }: Signed): boolean {
  const header = (name: string) => [headers[name]].flat()[0];
  if (kind === "pagerduty") return isSignedByPagerDuty(body, header("x-pagerduty-signature"), secret);
  const signed = { signature: header("x-slack-signature"), timestamp: header("x-slack-request-timestamp") };
  return isSignedBySlack(body, signed, secret, now);
}

function read(kind: CallbackKind, body: Buffer, now: number): Callback {
  try {
    return kind === "pagerduty" ? readPagerDuty(body) : readSlack(body, now);
  } catch (cause) {
    if (!(cause instanceof z.ZodError) && !(cause instanceof SyntaxError)) throw cause;
    const what = kind === "pagerduty" ? "a PagerDuty webhook, version 3" : "a Slack interaction";
    throw new DomainError("invalid", `The payload is not ${what}.`, { cause });
  }
}

function unknown(): DomainError {
  const message = "The signature is invalid. See the receiver's page for the callback URL and its last use.";
  return new DomainError("not-found", message);
}
