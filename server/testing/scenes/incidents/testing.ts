import { eq } from "drizzle-orm";
import { alertGroups, channels, notifications, receivers } from "#db/schema/index.ts";
import type { GroupSummary } from "#server/alerting/alerts/contract.ts";
import type { Context } from "#server/base/context.ts";
import { openIncident } from "../../../respond/incidents/open-incident.ts";

/** A group of alerts as the dispatcher leaves it when it pages. */
export async function newGroup(ctx: Context, summary: Partial<GroupSummary> = {}): Promise<string> {
  const [row] = await ctx.db
    .insert(alertGroups)
    .values({
      workspaceId: ctx.actor.workspaceId,
      groupKey: `{}:{n="${Math.random()}"}`,
      routePath: "0",
      receiver: "on-call",
      labels: { alertname: "SLOBurn" },
      summary: {
        severity: "page",
        title: "churn fails 16.7 times too fast",
        service: "churn",
        endpointId: null,
        teamId: null,
        runbookId: null,
        ruleKey: "slo:x",
        sloId: null,
        firing: 1,
        resolved: 0,
        muted: 0,
        startsAt: Date.now(),
        burn: 16.7,
        reach: 1,
        ...summary,
      },
    })
    .returning();
  if (!row) throw new Error("The group was not inserted.");
  return row.id;
}

/** An incident that a page has opened. */
export async function newIncident(ctx: Context, wish: Partial<Parameters<typeof openIncident>[1]> = {}) {
  const groupId = await newGroup(ctx, { endpointId: wish.endpointId ?? null });
  const opened = await openIncident(ctx, { groupId, title: "churn fails", startedAt: new Date(), ...wish });
  return { ...opened, groupId };
}

/** A receiver with one channel. */
export async function newEmailReceiver(ctx: Context, name: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  const [receiver] = await ctx.db.insert(receivers).values({ workspaceId, name }).returning();
  const settings = { kind: "email" as const, to: ["night@example.test"], sendsResolved: false, maxPerHour: 60 };
  await ctx.db.insert(channels).values({ workspaceId, receiverId: receiver?.id as string, kind: "email", settings });
}

/** What was put into the outbox about an incident. */
export function listNotifications(ctx: Context, incidentId: string) {
  return ctx.db.select().from(notifications).where(eq(notifications.incidentId, incidentId));
}
