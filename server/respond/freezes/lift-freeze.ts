import { and, eq, gt, isNull } from "drizzle-orm";
import { endpointFreezes } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { LiftFreeze } from "../../watch/slo/freezes/contract.ts";

/** Lifts the freeze of an endpoint before its end. @throws DomainError "not-found"; "conflict" if it is not frozen */
export async function liftFreeze(ctx: Context, input: LiftFreeze): Promise<void> {
  permit(ctx, "liftFreeze");
  const { endpointId, reason, groupId } = LiftFreeze.parse(input);
  await transact(ctx, async (ctx) => {
    const endpoint = await findEndpointById(ctx, endpointId);
    const { workspaceId, name: liftedBy } = ctx.actor;
    const now = new Date();
    const lifted = await ctx.db
      .update(endpointFreezes)
      .set({ liftedBy, liftedAt: now })
      .where(
        and(
          eq(endpointFreezes.workspaceId, workspaceId),
          eq(endpointFreezes.endpointId, endpointId),
          isNull(endpointFreezes.liftedAt),
          gt(endpointFreezes.until, now),
        ),
      )
      .returning({ id: endpointFreezes.id });
    if (lifted.length === 0)
      throw new DomainError("conflict", `"${endpoint.name}" is not frozen, or the freeze has expired.`);
    await record(ctx, "endpoint.freeze-lifted", { subject: `endpoint/${endpoint.name}`, reason });
    if (groupId) {
      const title = `Lifted the freeze on ${endpoint.name}: ${reason}`;
      await noteForGroup(ctx, groupId, { kind: "action", title });
    }
    await publish(ctx, "endpoint", endpointId);
  });
}
