import { and, eq, sql } from "drizzle-orm";
import { ruleStates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RuleStatus } from "./step-rule.ts";

/** State of a rule for one of its parts, and the data that explains it. */
interface RuleState extends RuleStatus {
  part: string;
  trace: object;
}

/**
 * Stores the state of a rule for all of its parts and deletes obsolete parts, in the caller's transaction, which holds the lock on the
 * rule.
 * @param at when it was evaluated, in milliseconds since 1970
 */
export async function storeRuleStates(
  ctx: Context,
  ruleKey: string,
  states: readonly RuleState[],
  at: number,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const evaluatedAt = new Date(at).toISOString();
  const rows = states.map(({ part, state, since, trace }) => ({
    part,
    state,
    since: new Date(since).toISOString(),
    trace,
  }));
  await ctx.db.execute(sql`
    with removed as (
      delete from rule_states where workspace_id = ${workspaceId} and rule_key = ${ruleKey}
        and not (part = any(${sql.param(rows.map(({ part }) => part))}::text[]))
    )
    insert into rule_states (workspace_id, rule_key, part, state, since, evaluated_at, trace)
    select ${workspaceId}, ${ruleKey}, part, state, since, ${evaluatedAt}, trace
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as standing(part text, state text, since timestamptz, trace jsonb)
    on conflict (workspace_id, rule_key, part) do update set state = excluded.state, since = excluded.since,
      evaluated_at = excluded.evaluated_at, trace = excluded.trace`);
}

/** Deletes the states of a rule and returns them. */
export async function deleteRuleStates(ctx: Context, ruleKey: string): Promise<(typeof ruleStates.$inferSelect)[]> {
  return await ctx.db
    .delete(ruleStates)
    .where(and(eq(ruleStates.workspaceId, ctx.actor.workspaceId), eq(ruleStates.ruleKey, ruleKey)))
    .returning();
}
