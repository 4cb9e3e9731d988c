import { alertRoutings } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { AfterChange } from "../groups/refresh-groups.ts";
import { lockAlerts } from "../lock-alerts.ts";
import { checkRouting } from "./check-routing.ts";
import { SetRouting, type StoredRouting } from "./contract.ts";
import { inactiveReceivers } from "./inactive-receivers.ts";
import { loadRouting } from "./load-routing.ts";
import { reroute } from "./reroute.ts";

/**
 * Replaces the routing, and moves all open alerts to the groups of their new routes. A group with the same key and receiver continues
 * unchanged; alerts that are new to a receiver are notified there.
 * @throws DomainError "invalid" with the field; "conflict" when it was changed since the edited revision
 */
export async function setRouting(
  ctx: Context,
  input: SetRouting,
  afterChange: AfterChange,
  now = Date.now(),
): Promise<StoredRouting> {
  permit(ctx, "setRouting");
  const { routing, reason, revision } = SetRouting.parse(input);
  checkRouting(routing);
  return transact(ctx, async (ctx) => {
    await lockAlerts(ctx);
    const before = await loadRouting(ctx);
    if (revision !== undefined && revision !== before.revision) {
      throw new DomainError("conflict", "The routing was changed by someone else. Reload it before saving.");
    }
    const at = new Date(now);
    const next = { revision: before.revision + 1, routing, reason, changedBy: ctx.actor.name, at };
    await ctx.db.insert(alertRoutings).values({ ...next, workspaceId: ctx.actor.workspaceId });
    const audited = {
      before: { revision: before.revision, routing: before.routing },
      after: { revision: next.revision, routing },
      reason,
    };
    await record(ctx, "alert-routing.changed", { subject: "alert-routing", ...audited });
    await reroute(ctx, next, at.getTime(), afterChange);
    await publish(ctx, "alert", "routing");
    await publish(ctx, "alert", "list");
    return { ...next, inactiveReceivers: await inactiveReceivers(ctx, routing) };
  });
}
