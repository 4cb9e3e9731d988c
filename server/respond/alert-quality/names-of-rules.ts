import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";

interface NamedRule {
  name: string;
  /** Address on this host; null for rules from outside. */
  href: string | null;
  /** Creation of the rule; for an external one, its first notification. */
  since: Date;
}

interface Row extends Record<string, unknown> {
  ruleKey: string;
  name: string;
  href: string | null;
  since: string;
}

/** Returns the names of rules by key. Omits permanently deleted ones. */
export async function namesOfRules(ctx: Context, ruleKeys: string[]): Promise<Map<string, NamedRule>> {
  if (ruleKeys.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const requested = sql`any(${sql.param(ruleKeys)}::text[])`;
  const { rows } = await ctx.db.execute<Row>(sql`
    select 'slo:' || id as "ruleKey", name, '/slos/' || name as href, created_at as since
    from slos where workspace_id = ${workspaceId} and 'slo:' || id = ${requested}
    union all
    select 'rule:' || id, name, '/alerts/rules/' || id, created_at
    from alert_rules where workspace_id = ${workspaceId} and 'rule:' || id = ${requested}
    union all
    select 'watch:' || f.watcher || ':' || f.endpoint_id, e.name || ': ' || f.watcher, '/endpoints/' || e.name, f.opened_at
    from (select watcher, endpoint_id, min(opened_at) as opened_at from monitoring_findings where workspace_id = ${workspaceId}
      group by watcher, endpoint_id) f
    join endpoints e on e.id = f.endpoint_id
    where 'watch:' || f.watcher || ':' || f.endpoint_id = ${requested}
    union all
    select 'features:' || f.view_id, v.name || ': feature view', '/features/' || v.name, f.opened_at
    from (select view_id, min(opened_at) as opened_at from feature_findings where workspace_id = ${workspaceId} group by view_id) f
    join feature_views v on v.id = f.view_id
    where 'features:' || f.view_id = ${requested}
    union all
    select rule_key, substr(rule_key, 10), null, min(at)
    from alert_events where workspace_id = ${workspaceId} and rule_key like 'external:%' and rule_key = ${requested}
    group by rule_key`);
  return new Map(rows.map(({ ruleKey, since, ...rest }) => [ruleKey, { ...rest, since: new Date(since) }]));
}
