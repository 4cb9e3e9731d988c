import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { onTestFinished } from "vitest";
import type { z } from "zod";
import { receivers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { ChannelSettings, type Message, type MessageAlert } from "../../../alerting/notifications/contract.ts";
import { claimNotifications } from "../../../alerting/notifications/outbox/claim-notifications.ts";
import { dueTurns } from "../../../alerting/notifications/outbox/due-turns.ts";
import type { Outside } from "../../../alerting/notifications/outside.ts";
import { addChannels } from "../../../alerting/notifications/receivers/channel-rows.ts";
import { getReceiver } from "../../../alerting/notifications/receivers/queries.ts";
import { deliverNotification } from "../../../respond/delivery/deliver-notification.ts";

/** A receiver with these channels, written without asking any address. @returns their ids, in order */
export async function newReceiver(
  ctx: Context,
  name: string,
  of: readonly { settings: z.input<typeof ChannelSettings>; secret?: string }[],
): Promise<{ receiverId: string; channelIds: string[] }> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db.insert(receivers).values({ workspaceId, name }).returning({ id: receivers.id });
  const receiverId = row?.id ?? "";
  const added = of.map(({ settings, secret }) => ({
    settings: ChannelSettings.parse(settings),
    secret,
    isEnabled: true,
  }));
  await addChannels(ctx, receiverId, added);
  const channelIds = (await getReceiver(ctx, receiverId)).channels.map(({ id }) => id);
  return { receiverId, channelIds };
}

export function newAlert(name: string, more: Partial<MessageAlert> = {}): MessageAlert {
  return {
    status: "firing",
    labels: { alertname: name, service: "churn", severity: "page" },
    annotations: { summary: `${name} fails` },
    startsAt: new Date("2026-05-04T10:00:00Z"),
    endsAt: null,
    generatorUrl: "/slos/churn",
    fingerprint: name.padStart(16, "0"),
    ...more,
  };
}

export function newMessage(more: Partial<Message> = {}): Message {
  return {
    title: "PAGE · churn · availability fails 16.7 times too fast",
    lines: ["16.7 times the error budget is spent per hour of what would last the period."],
    facts: [{ name: "Budget left", value: "76.9%" }],
    severity: "page",
    status: "firing",
    reason: "first notification",
    receiver: "on-call",
    groupKey: '{}/{severity="page"}:{alertname="SLOBurn", model="churn"}',
    groupLabels: { alertname: "SLOBurn", model: "churn" },
    alerts: [newAlert("a")],
    links: [{ text: "Open", path: "/on-call?group=1" }],
    ...more,
  };
}

export interface Answer {
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** Milliseconds before it answers. */
  afterMs?: number;
}

export interface ReceivedMessage {
  path: string;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** A server on this machine that hears JSON and answers as it is told, by default with 200 and "ok". */
export async function newListener(answer: (heard: ReceivedMessage, count: number) => Answer = () => ({})) {
  const heard: ReceivedMessage[] = [];
  const server = createServer(async (request, response) => {
    const one = { path: request.url ?? "", headers: request.headers, body: JSON.parse(await text(request)) };
    heard.push(one);
    const { status = 200, body = "ok", headers = {}, afterMs = 0 } = answer(one, heard.length);
    if (afterMs > 0) await pause(afterMs);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

interface Mail {
  to: string[];
  source: string;
}

/** A mail server on this machine. @param refuse an error of a recipient, with its SMTP code as `responseCode` */
export async function newMailServer(refuse?: (address: string) => Error | undefined) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onRcptTo: ({ address }, _session, done) => done(refuse?.(address)),
    onData: (stream, session, done) => {
      text(stream).then((source) => {
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), source });
        done();
      }, done);
    },
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => new Promise<void>((closed) => server.close(closed)));
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, mails };
}

/** Everything that leaves goes to this machine. */
export function newOutside(more: Partial<Outside> = {}): Outside {
  const nowhere = "http://127.0.0.1:1";
  const usual = { publicUrl: "https://leeway.example.org", slackUrl: nowhere, pagerdutyUrl: nowhere, mail: undefined };
  return { ...usual, rules: { allowsPrivate: true }, ...more };
}

/** Sends what is due, one look after another, until nothing is. @returns ids in the order in which they were sent */
export async function sendAll(ctx: Context, outside: Outside): Promise<string[]> {
  const sent: string[] = [];
  for (let look = 0; look < 100; look += 1) {
    const turns = await dueTurns(ctx.db);
    if (turns.length === 0) return sent;
    for (const turn of turns) {
      const { claimed } = await claimNotifications(ctx.db, turn, 4);
      for (const { id } of claimed) {
        await deliverNotification(ctx, id, outside);
        sent.push(id);
      }
    }
  }
  throw new Error("There was no end of what is due.");
}
