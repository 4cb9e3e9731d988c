import { and, eq } from "drizzle-orm";
import { alertRules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findLiveRule, ofWorkspace } from "./rule-rows.ts";

/** Locks a rule that is not archived; no worker evaluates it until the caller's transaction ends. @throws DomainError as findLiveRule */
export async function lockRule(ctx: Context, ruleId: string): Promise<typeof alertRules.$inferSelect> {
  await ctx.db
    .select({ id: alertRules.id })
    .from(alertRules)
    .where(and(ofWorkspace(ctx), eq(alertRules.id, ruleId)))
    .for("update");
  return findLiveRule(ctx, ruleId);
}
