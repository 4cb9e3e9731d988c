import { and, eq, isNull } from "drizzle-orm";
import { escalationPolicies, teams } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ArchivePolicy } from "./contract.ts";
import { noPolicy } from "./queries.ts";

/** Ends a policy: teams that followed it follow the default. @throws DomainError "not-found" */
export async function archivePolicy(ctx: Context, input: ArchivePolicy): Promise<void> {
  permit(ctx, "archivePolicy");
  const { policyId, reason } = ArchivePolicy.parse(input);
  await transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const policies = escalationPolicies;
    const [row] = await ctx.db
      .update(policies)
      .set({ archivedAt: new Date() })
      .where(and(eq(policies.id, policyId), eq(policies.workspaceId, workspaceId), isNull(policies.archivedAt)))
      .returning({ name: policies.name });
    if (!row) throw noPolicy();
    await ctx.db
      .update(teams)
      .set({ escalationPolicyId: null })
      .where(and(eq(teams.workspaceId, workspaceId), eq(teams.escalationPolicyId, policyId)));
    const subject = `escalation-policy/${row.name}`;
    await record(ctx, "escalation-policy.archived", { subject, ...(reason && { reason }) });
    await publish(ctx, "oncall", policyId);
  });
}
