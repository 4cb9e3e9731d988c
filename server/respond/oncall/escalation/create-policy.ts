import { escalationPolicies } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreatePolicy, type Policy } from "./contract.ts";
import { readPolicy } from "./queries.ts";
import { refusePolicy } from "./write-policy.ts";

/** Makes an escalation policy, which teams can then follow. @throws DomainError "conflict", "not-found" */
export async function createPolicy(ctx: Context, input: CreatePolicy): Promise<Policy> {
  permit(ctx, "createPolicy");
  const values = CreatePolicy.parse(input);
  return transact(ctx, async (ctx) => {
    await refusePolicy(ctx, values);
    const [row] = await ctx.db
      .insert(escalationPolicies)
      .values({ ...values, workspaceId: ctx.actor.workspaceId })
      .returning({ id: escalationPolicies.id });
    const policy = await readPolicy(ctx, row?.id as string);
    await record(ctx, "escalation-policy.created", {
      subject: `escalation-policy/${values.name}`,
      after: policy.words,
    });
    await publish(ctx, "oncall", row?.id as string);
    return policy;
  });
}
