import { endpointFreezes } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { findLiveEndpoint } from "#server/serve/endpoints/lookups.ts";
import { type EndpointFreeze, FreezeEndpoint } from "../../watch/slo/freezes/contract.ts";

const maxDays = 7;

/**
 * Freezes an endpoint until an end: rejects deployments and rollouts, and puts active rollouts on hold; rollbacks, fixes and security
 * changes are still allowed. A reason overrides it like an error budget.
 * @throws DomainError "invalid" for an end that is past or far off; "not-found"; "conflict" when the endpoint is archived
 */
export async function freezeEndpoint(ctx: Context, input: FreezeEndpoint): Promise<EndpointFreeze> {
  permit(ctx, "freezeEndpoint");
  const { endpointId, reason, until, groupId } = FreezeEndpoint.parse(input);
  const ahead = until.getTime() - Date.now();
  if (ahead <= 0) throw new DomainError("invalid", "The end has passed. Choose a later one.", { field: "until" });
  if (ahead > maxDays * dayMs) {
    throw new DomainError("invalid", `A freeze can last at most ${maxDays} days. Choose an earlier end.`, {
      field: "until",
    });
  }
  return transact(ctx, async (ctx) => {
    const endpoint = await findLiveEndpoint(ctx, endpointId);
    const { workspaceId, name: frozenBy } = ctx.actor;
    const values = { workspaceId, endpointId, reason, until, frozenBy };
    const [row] = await ctx.db.insert(endpointFreezes).values(values).returning();
    if (!row) throw new Error("The freeze was not inserted.");
    await record(ctx, "endpoint.frozen", { subject: `endpoint/${endpoint.name}`, after: { until }, reason });
    if (groupId) {
      const title = `Froze changes to ${endpoint.name}: ${reason}`;
      await noteForGroup(ctx, groupId, { kind: "action", title });
    }
    await publish(ctx, "endpoint", endpointId);
    const { id, at } = row;
    return { id, endpointId, reason, frozenBy, at, until };
  });
}
