import { auditEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { addDeliveries } from "#server/platform/webhooks/add-deliveries.ts";
import type { AuditEntry } from "./entry.ts";
import { eventsOf } from "./events-of.ts";

/**
 * Writes one entry of the audit log in the caller's transaction, and adds it to the outbox of the webhooks that subscribe to it.
 * `action` is subject and past-tense verb: "version.deployed".
 */
export async function record(ctx: Context, action: string, entry: AuditEntry): Promise<void> {
  await ctx.db.insert(auditEvents).values({
    workspaceId: ctx.actor.workspaceId,
    actorKind: ctx.actor.kind,
    actorId: ctx.actor.id,
    actorName: ctx.actor.name,
    address: ctx.actor.address,
    action,
    ...entry,
  });
  await addDeliveries(ctx, eventsOf(ctx.actor, action, entry));
}
