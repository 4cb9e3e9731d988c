import { and, eq } from "drizzle-orm";
import { ruleStates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RuleStatus } from "../../alerting/alerts/rules/step-rule.ts";
import { RuleTrace } from "./rule-rows.ts";

/** State of a rule for one part, and its reason. */
export interface RulePartState extends RuleStatus {
  trace: RuleTrace;
}

/** Reads the last evaluated state of a rule, by part. */
export async function readPartStates(ctx: Context, ruleKey: string): Promise<Map<string, RulePartState>> {
  const rows = await ctx.db
    .select()
    .from(ruleStates)
    .where(and(eq(ruleStates.workspaceId, ctx.actor.workspaceId), eq(ruleStates.ruleKey, ruleKey)));
  return new Map(
    rows.map(({ part, state, since, trace }) => [
      part,
      { state, since: since.getTime(), trace: RuleTrace.parse(trace) },
    ]),
  );
}
