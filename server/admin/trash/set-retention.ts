import { workspaceRetention } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { RetentionRule } from "./contract.ts";
import { loadRule } from "./retention-queries.ts";

/** Sets after how many days runs of the workspace go to the trash, and the trash is emptied. A job follows it once a day. */
export async function setRetention(ctx: Context, input: RetentionRule): Promise<RetentionRule> {
  permit(ctx, "setRetention");
  const rule = RetentionRule.parse(input);
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    const before = await loadRule(ctx);
    const row = { ...rule, updatedAt: new Date() };
    await ctx.db
      .insert(workspaceRetention)
      .values({ workspaceId, ...row })
      .onConflictDoUpdate({ target: workspaceRetention.workspaceId, set: row });
    await record(ctx, "retention.changed", { subject: "retention/workspace", before, after: rule });
    await publish(ctx, "settings", "retention");
    return rule;
  });
}
