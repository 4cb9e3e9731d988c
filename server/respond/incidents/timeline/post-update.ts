import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findIncident, lockIncident } from "../incident-rows.ts";
import { usualReceiver } from "../notify-severity-raised.ts";
import { addTimelineEvent } from "./add-timeline-event.ts";
import { type PostedUpdate, PostUpdate } from "./contract.ts";

/**
 * Sends an update to all channels that were notified of an incident, and adds it to the timeline. It pages nobody.
 * @returns how many channels it goes to; 0 if no receiver of the incident has one
 * @throws DomainError "not-found"; "conflict" for an incident that was cancelled or merged
 */
export async function postUpdate(ctx: Context, input: PostUpdate, idempotencyKey?: string): Promise<PostedUpdate> {
  permit(ctx, "postUpdate");
  const { number, text } = PostUpdate.parse(input);
  await findIncident(ctx, number);
  return once(ctx, "postUpdate", idempotencyKey, { number, text }, (ctx) =>
    transact(ctx, async (ctx) => {
      const { id, state, title, endpoint } = await lockIncident(ctx, number);
      if (state === "cancelled" || state === "merged") {
        throw new DomainError("conflict", `The incident is ${state}. Post the update to an open one.`);
      }
      const eventId = await addTimelineEvent(ctx, id, { kind: "message", title: `Update: ${text}` });
      const notification = {
        kind: "incident" as const,
        severity: "ticket",
        deduplicationKey: `incident:${id}:update:${eventId}`,
        incidentId: id,
        message: {
          title: `UPDATE · INC-${number} · ${title}`,
          lines: [`${ctx.actor.name}: ${text}`],
          facts: endpoint ? [{ name: "Endpoint", value: endpoint }] : [],
          severity: "ticket",
          status: "info" as const,
          reason: "",
          receiver: "",
          groupKey: `incident:${id}`,
          groupLabels: {},
          alerts: [],
          links: [{ text: "View incident", path: `/incidents/${number}` }],
        },
      };
      const added: string[] = [];
      for (const receiver of await receiversOf(ctx, id)) {
        added.push(...(await enqueueNotification(ctx, { ...notification, to: { receiver } })));
      }
      const after = { update: text, channels: added.length };
      await record(ctx, "incident.update-posted", { subject: `incident/${number}`, after });
      return { channels: added.length };
    }),
  );
}

/** Returns the receivers of the alerts of an incident; the usual one without alerts. */
async function receiversOf(ctx: Context, incidentId: string): Promise<string[]> {
  const groups = await ctx.db
    .selectDistinct({ receiver: alertGroups.receiver })
    .from(alertGroups)
    .where(and(eq(alertGroups.incidentId, incidentId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)));
  return groups.length > 0 ? groups.map(({ receiver }) => receiver) : [usualReceiver];
}
