import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Message } from "#server/alerting/notifications/contract.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";

/** A group of alerts as the drill makes it. */
export interface Page {
  number: number;
  groupKey: string;
}

/** Makes a group page, and resolves it a while later, as the alert dispatcher does: each decision in a separate transaction. */
export async function page(ctx: Context, number: number, { lastsMs }: { lastsMs: number }): Promise<Page> {
  const groupKey = `{}:{alertname="drill-${number}"}`;
  const groupId = randomUUID();
  const startsAt = new Date();
  const report = (status: "firing" | "resolved") => {
    const title = `${status === "firing" ? "PAGE" : "RESOLVED"} drill-${number}`;
    const message = messageOf({ title, status, groupKey, startsAt, number });
    const notification = {
      kind: "group",
      severity: "page",
      groupId,
      deduplicationKey: `${groupId} ${status}`,
      message,
    } as const;
    return transact(ctx, (ctx) => enqueueNotification(ctx, { to: { receiver: "on-call" }, ...notification }));
  };
  await report("firing");
  await pause(lastsMs);
  await report("resolved");
  return { number, groupKey };
}

interface Of {
  title: string;
  status: "firing" | "resolved";
  groupKey: string;
  startsAt: Date;
  number: number;
}

function messageOf({ title, status, groupKey, startsAt, number }: Of): Message {
  const alert = {
    status,
    startsAt,
    endsAt: status === "firing" ? null : new Date(),
    generatorUrl: "",
    labels: { alertname: `drill-${number}`, severity: "page" },
    annotations: { summary: title },
    fingerprint: number.toString(16).padStart(16, "0"),
  };
  return {
    title,
    status,
    groupKey,
    lines: [],
    facts: [],
    links: [],
    severity: "page",
    receiver: "on-call",
    reason: "first notification",
    groupLabels: { alertname: `drill-${number}` },
    alerts: [alert],
  };
}
