import { and, desc, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { alertRules, endpoints, ruleStates, runbooks, teamEndpoints, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { AlertRule, AlertRuleSpec, RuleStateView } from "./contract.ts";
import { describeRule } from "./describe-rule.ts";

/** Returns the key of a rule's states, in rule_states and elsewhere. */
export const ruleKeyOf = (ruleId: string): string => `rule:${ruleId}`;

/** Data stored for each part of a rule besides its state. */
export const RuleTrace = RuleStateView.pick({ title: true, value: true, limit: true, words: true }).extend({
  /** Labels of the firing alert, so that the same one is resolved even if the rule would label it differently now. */
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.number().nullable(),
  /** Time of the last alert sent; null while it does not fire. */
  sentAt: z.number().nullable(),
  /** Since when the condition has been unknown, in milliseconds since 1970; null while it is known. */
  unknownSince: z.number().nullable().default(null),
});
export type RuleTrace = z.infer<typeof RuleTrace>;

export const ofWorkspace = (ctx: Context) => eq(alertRules.workspaceId, ctx.actor.workspaceId);

/** Finds the row of a rule that is not archived. @throws DomainError "not-found", "conflict" when it is archived */
export async function findLiveRule(ctx: Context, ruleId: string): Promise<typeof alertRules.$inferSelect> {
  const [row] = await ctx.db
    .select()
    .from(alertRules)
    .where(and(ofWorkspace(ctx), eq(alertRules.id, ruleId)));
  if (!row) throw noRule();
  if (row.archivedAt) throw new DomainError("conflict", `The rule "${row.name}" is archived. Create a new one.`);
  return row;
}

function noRule(): DomainError {
  return new DomainError("not-found", "Alert rule not found. See Alerts, Rules for a list.");
}

/** Loads rules with their states, in their public form, by name. */
export async function loadRules(ctx: Context, where?: SQL): Promise<AlertRule[]> {
  const rows = await ctx.db
    .select({
      rule: alertRules,
      endpoint: endpoints.name,
      team: teams.name,
      runbook: runbooks.name,
      hasOwner: sql<boolean>`${alertRules.teamId} is not null or ${ownedEndpoint}`,
    })
    .from(alertRules)
    .leftJoin(endpoints, eq(endpoints.id, alertRules.endpointId))
    .leftJoin(teams, eq(teams.id, alertRules.teamId))
    .leftJoin(runbooks, eq(runbooks.id, alertRules.runbookId))
    .where(and(ofWorkspace(ctx), where))
    .orderBy(alertRules.name, alertRules.createdAt);
  const states = await statesOf(
    ctx,
    rows.map(({ rule }) => rule.id),
  );
  return rows.map(({ rule, endpoint, team, runbook, hasOwner }) => {
    const spec = AlertRuleSpec.parse(rule.spec);
    return AlertRule.parse({
      ...rule,
      spec,
      endpoint,
      team,
      runbook,
      words: describeRule(spec, endpoint),
      missing: [...(hasOwner ? [] : ["owner"]), ...(runbook === null ? ["runbook"] : [])],
      isEnabled: rule.disabledAt === null,
      states: states.get(ruleKeyOf(rule.id)) ?? [],
    });
  });
}

/** Loads one rule. @throws DomainError "not-found" */
export async function loadRule(ctx: Context, ruleId: string): Promise<AlertRule> {
  const [rule] = await loadRules(ctx, eq(alertRules.id, ruleId));
  if (!rule) throw noRule();
  return rule;
}

/** Whether a team owns the endpoint of the rule, or the model that it serves. */
const ownedEndpoint = sql`exists (select 1 from ${teamEndpoints} te where te.endpoint_id = ${alertRules.endpointId})
  or exists (select 1 from team_models tm where tm.model_id = (
    select v.model_id from deployments d join model_versions v on v.id = d.version_id
    where d.endpoint_id = ${alertRules.endpointId} order by d.id desc limit 1))`;

const order = { firing: 0, pending: 1, inactive: 2 };

async function statesOf(ctx: Context, ruleIds: string[]): Promise<Map<string, RuleStateView[]>> {
  if (ruleIds.length === 0) return new Map();
  const rows = await ctx.db
    .select()
    .from(ruleStates)
    .where(and(eq(ruleStates.workspaceId, ctx.actor.workspaceId), inArray(ruleStates.ruleKey, ruleIds.map(ruleKeyOf))))
    .orderBy(desc(ruleStates.since), ruleStates.part);
  const byRule = Map.groupBy(rows, ({ ruleKey }) => ruleKey);
  return new Map(
    [...byRule].map(([key, own]) => [
      key,
      own
        .map((row) => RuleStateView.parse({ ...row, ...RuleTrace.parse(row.trace) }))
        .toSorted((a, b) => order[a.state] - order[b.state]),
    ]),
  );
}

/** Condition for rules that are evaluated: neither archived nor disabled. */
export const isWatching = and(isNull(alertRules.archivedAt), isNull(alertRules.disabledAt));
