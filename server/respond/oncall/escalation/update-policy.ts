import { and, eq, isNull } from "drizzle-orm";
import { escalationPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Policy, UpdatePolicy } from "./contract.ts";
import { noPolicy, readPolicy } from "./queries.ts";
import { refusePolicy } from "./write-policy.ts";

/** Updates the given fields. Escalations in progress keep the steps they started with. @throws DomainError "not-found", "conflict" */
export async function updatePolicy(ctx: Context, input: UpdatePolicy): Promise<Policy> {
  permit(ctx, "updatePolicy");
  const { policyId, ...changes } = UpdatePolicy.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const policies = escalationPolicies;
    const isIt = and(eq(policies.id, policyId), eq(policies.workspaceId, workspaceId), isNull(policies.archivedAt));
    const [row] = await ctx.db.select({ id: policies.id }).from(policies).where(isIt).for("update");
    if (!row) throw noPolicy();
    const before = await readPolicy(ctx, policyId);
    await refusePolicy(ctx, changes, policyId);
    if (Object.values(changes).some((value) => value !== undefined))
      await ctx.db.update(policies).set(changes).where(isIt);
    const after = await readPolicy(ctx, policyId);
    const subject = `escalation-policy/${after.name}`;
    await record(ctx, "escalation-policy.updated", { subject, before: before.words, after: after.words });
    await publish(ctx, "oncall", policyId);
    return after;
  });
}
