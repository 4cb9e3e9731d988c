import { channels, receivers } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { ChannelSettings, Message, MessageAlert } from "./contract.ts";

/** A receiver with these channels, written without asking any address. @returns their ids, in order */
export async function newReceiver(
  ctx: Context,
  name: string,
  of: readonly { settings: ChannelSettings; secret?: string }[],
): Promise<{ receiverId: string; channelIds: string[] }> {
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db.insert(receivers).values({ workspaceId, name }).returning({ id: receivers.id });
  const receiverId = row?.id ?? "";
  const channelIds: string[] = [];
  for (const { settings, secret } of of) {
    const values = { workspaceId, receiverId, kind: settings.kind, settings, secret: secret ?? null };
    const [channel] = await ctx.db.insert(channels).values(values).returning({ id: channels.id });
    channelIds.push(channel?.id ?? "");
  }
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
    facts: [{ name: "Budget left", value: "76.9 %" }],
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
