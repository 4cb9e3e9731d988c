import { and, eq, isNull, lte, or } from "drizzle-orm";
import { alertRules, teams } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { receiveAlerts } from "../../alerting/alerts/receive-alerts.ts";
import { storeRuleStates } from "../../alerting/alerts/rules/rule-states.ts";
import { notifyAfterChange } from "../paging/notify-after-change.ts";
import { AlertRuleSpec } from "./contract.ts";
import { describeRule } from "./describe-rule.ts";
import { observe, waitOf } from "./kinds/observe.ts";
import { readPartStates } from "./part-states.ts";
import { isWatching, ofWorkspace, ruleKeyOf } from "./rule-rows.ts";
import { stepParts } from "./step-parts.ts";

/** Time between evaluations of a rule. */
export const evaluationIntervalMs = 10_000;

/**
 * Evaluates a rule for all its subjects once: stores the readings, states and resulting alerts together, or none of them. Does nothing
 * while another worker evaluates it.
 * @param now milliseconds since 1970, on the clock of the database
 * @returns whether it was due
 */
export async function evaluateAlertRule(ctx: Context, ruleId: string, now: number): Promise<boolean> {
  return transact(ctx, async (ctx) => {
    const isDue = or(isNull(alertRules.evaluatedAt), lte(alertRules.evaluatedAt, new Date(now - evaluationIntervalMs)));
    const ofRule = and(ofWorkspace(ctx), eq(alertRules.id, ruleId));
    const [rule] = await ctx.db
      .select()
      .from(alertRules)
      .where(and(ofRule, isWatching, isDue))
      .for("update", { skipLocked: true });
    if (!rule) return false;
    const spec = AlertRuleSpec.parse(rule.spec);
    const before = await readPartStates(ctx, ruleKeyOf(ruleId));
    const firing = new Set([...before].flatMap(([part, { state }]) => (state === "firing" ? [part] : [])));
    const observations = await observe(ctx, spec, { ...rule, firing }, now);
    const facts = {
      ...rule,
      team: await teamName(ctx, rule.teamId),
      wordsAt: (endpoint: string | null) => describeRule(spec, endpoint),
    };
    const { partStates, alerts, isChanged } = stepParts({
      rule: facts,
      observations,
      before,
      forMs: waitOf(spec),
      now,
    });
    const states = [...partStates].map(([part, partState]) => ({ part, ...partState }));
    await storeRuleStates(ctx, ruleKeyOf(ruleId), states, now);
    if (alerts.length > 0)
      await receiveAlerts(ctx, alerts, {
        source: "leeway",
        ruleKey: ruleKeyOf(ruleId),
        now,
        afterChange: notifyAfterChange,
      });
    await ctx.db
      .update(alertRules)
      .set({ evaluatedAt: new Date(now), problem: null })
      .where(ofRule);
    if (isChanged || rule.problem !== null) await publish(ctx, "alert", ruleId);
    return true;
  });
}

async function teamName(ctx: Context, teamId: string | null): Promise<string | null> {
  if (teamId === null) return null;
  const ofTeam = and(eq(teams.workspaceId, ctx.actor.workspaceId), eq(teams.id, teamId), isNull(teams.archivedAt));
  const [team] = await ctx.db.select({ name: teams.name }).from(teams).where(ofTeam);
  return team?.name ?? null;
}
