import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { incidentNotification, receiversOf } from "../incident-notification.ts";
import { findIncident, lockIncident } from "../incident-rows.ts";
import { addTimelineEvent } from "./add-timeline-event.ts";
import { type PostedUpdate, PostUpdate } from "./contract.ts";

/**
 * Sends an update to all channels that were notified of an incident, and adds it to the timeline. It pages no one.
 * @returns how many channels it goes to; 0 if no receiver of the incident has one
 * @throws DomainError "not-found"; "conflict" for an incident that was cancelled or merged
 */
export async function postUpdate(ctx: Context, input: PostUpdate, idempotencyKey?: string): Promise<PostedUpdate> {
  permit(ctx, "postUpdate");
  const { number, text } = PostUpdate.parse(input);
  await findIncident(ctx, number);
  return once(ctx, "postUpdate", idempotencyKey, { number, text }, (ctx) =>
    transact(ctx, async (ctx) => {
      const incident = await lockIncident(ctx, number);
      const { id, state, endpoint } = incident;
      if (state === "cancelled" || state === "merged") {
        throw new DomainError("conflict", `The incident is ${state}. Post the update to an open one.`);
      }
      const eventId = await addTimelineEvent(ctx, id, { kind: "message", title: `Update: ${text}` });
      const notification = incidentNotification(incident, {
        key: `update:${eventId}`,
        head: "UPDATE",
        line: `${ctx.actor.name}: ${text}`,
        facts: endpoint ? [{ name: "Endpoint", value: endpoint }] : [],
        severity: "ticket",
        status: "info",
      });
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
