import { securityPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { type SecurityPolicyInForce, SetSecurityPolicy } from "./contract.ts";
import { loadSecurityPolicy } from "./load-security.ts";

/** Sets the policy for deploying an unsigned or dangerous version. Serving versions keep serving. */
export async function setSecurityPolicy(ctx: Context, input: SetSecurityPolicy): Promise<SecurityPolicyInForce> {
  permit(ctx, "setSecurityPolicy");
  const { reason, ...policy } = SetSecurityPolicy.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId, name: changedBy } = ctx.actor;
    const { unsigned, dangerous } = await loadSecurityPolicy(ctx);
    const row = { ...policy, changedBy, changedAt: new Date() };
    await ctx.db
      .insert(securityPolicies)
      .values({ workspaceId, ...row })
      .onConflictDoUpdate({ target: securityPolicies.workspaceId, set: row });
    await record(ctx, "security-policy.changed", {
      subject: "workspace/security",
      before: { unsigned, dangerous },
      after: policy,
      reason,
    });
    await enqueueChecks(ctx, undefined);
    await publish(ctx, "settings", workspaceId);
    return loadSecurityPolicy(ctx);
  });
}
