import { and, eq, inArray, sql } from "drizzle-orm";
import { ruleStates } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { RuleStanding } from "../../alerting/alerts/rules/step-rule.ts";
import { RuleTrace } from "./rule-rows.ts";

/** How a rule stands for one part, and why. */
export interface Standing extends RuleStanding {
  trace: RuleTrace;
}

/** How a rule stood at its last look, by part. */
export async function readStandings(ctx: Context, ruleKey: string): Promise<Map<string, Standing>> {
  const rows = await ctx.db.select().from(ruleStates).where(ofRule(ctx, ruleKey));
  return new Map(
    rows.map(({ part, state, since, trace }) => [
      part,
      { state, since: since.getTime(), trace: RuleTrace.parse(trace) },
    ]),
  );
}

interface Change {
  standings: Map<string, Standing>;
  /** Parts that are not there any more. */
  gone: string[];
}

/** Keeps how a rule stands, for the next look and for people. */
export async function writeStandings(
  ctx: Context,
  ruleKey: string,
  { standings, gone }: Change,
  now: number,
): Promise<void> {
  if (gone.length > 0) await ctx.db.delete(ruleStates).where(and(ofRule(ctx, ruleKey), inArray(ruleStates.part, gone)));
  const { workspaceId } = ctx.actor;
  const rows = [...standings].map(([part, { state, since, trace }]) => ({
    ...{ workspaceId, ruleKey, part, state, since: new Date(since), evaluatedAt: new Date(now), trace },
  }));
  if (rows.length === 0) return;
  await ctx.db
    .insert(ruleStates)
    .values(rows)
    .onConflictDoUpdate({
      target: [ruleStates.workspaceId, ruleStates.ruleKey, ruleStates.part],
      set: {
        state: sql`excluded.state`,
        since: sql`excluded.since`,
        evaluatedAt: sql`excluded.evaluated_at`,
        trace: sql`excluded.trace`,
      },
    });
}

const ofRule = (ctx: Context, ruleKey: string) =>
  and(eq(ruleStates.workspaceId, ctx.actor.workspaceId), eq(ruleStates.ruleKey, ruleKey));
