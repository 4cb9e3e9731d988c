import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { isTimeZone } from "#server/base/time-zone.ts";
import type { Verdict } from "../../alerting/alerts/contract.ts";
import { type AlertQuality, sleepHours } from "./contract.ts";
import { noVerdicts, type VerdictCounts } from "./suggest-for-rule.ts";

export interface GroupCount {
  severity: string;
  groups: number;
  unrated: number;
  /** Start of the newest of them. */
  lastAt: Date | null;
}

type Counted = Record<string, unknown> & Omit<GroupCount, "lastAt"> & { ruleKey: string; lastAt: string };

/** Counts the groups that started since then, by rule; the severity is that of the newest. */
export async function countGroups(ctx: Context, since: Date): Promise<Map<string, GroupCount>> {
  const { rows } = await ctx.db.execute<Counted>(sql`
    select g.summary->>'ruleKey' as "ruleKey", (array_agg(g.summary->>'severity' order by g.created_at desc))[1] as severity,
      count(*)::int as groups, (count(*) filter (where v.group_id is null))::int as unrated,
      max(g.created_at) as "lastAt"
    from alert_groups g left join alert_verdicts v on v.group_id = g.id
    where g.workspace_id = ${ctx.actor.workspaceId} and g.created_at >= ${since}
    group by 1`);
  return new Map(rows.map(({ ruleKey, lastAt, ...rest }) => [ruleKey, { ...rest, lastAt: new Date(lastAt) }]));
}

/** Counts the feedback since then, by rule. */
export async function countVerdicts(
  ctx: Context,
  since: Date,
): Promise<Map<string, { severity: string; counts: VerdictCounts }>> {
  const { rows } = await ctx.db.execute<{ ruleKey: string; severity: string; verdict: Verdict; count: number }>(sql`
    select rule_key as "ruleKey", max(severity) as severity, verdict, count(*)::int as count from alert_verdicts
    where workspace_id = ${ctx.actor.workspaceId} and at >= ${since} group by rule_key, verdict`);
  const byRule = new Map<string, { severity: string; counts: VerdictCounts }>();
  for (const { ruleKey, severity, verdict, count } of rows) {
    const own = byRule.get(ruleKey) ?? { severity, counts: { ...noVerdicts } };
    own.counts[verdict] = count;
    byRule.set(ruleKey, own);
  }
  return byRule;
}

/**
 * Counts the groups that paged a user since then, by rule: their number, and the number during the user's local sleeping hours. A page
 * counts once, even over several contact methods.
 */
export async function countPages(
  ctx: Context,
  since: Date,
): Promise<Map<string, { pages: number; nightPages: number }>> {
  // Hours are computed here: Postgres may not know a time zone that Node knows, and a query with an unknown one fails.
  const { rows } = await ctx.db.execute<DeliveredPage>(sql`
    select distinct g.summary->>'ruleKey' as "ruleKey", n.group_id || ' ' || n.user_id as recipient,
      coalesce(c.time_zone, 'UTC') as "timeZone", (extract(epoch from date_trunc('minute', n.delivered_at, 'UTC')) * 1000)::float8 as at
    from notifications n
    join alert_groups g on g.id = n.group_id
    left join contact_methods c on c.workspace_id = n.workspace_id and c.user_id = n.user_id
    where n.workspace_id = ${ctx.actor.workspaceId} and n.delivered_at >= ${since} and n.state = 'delivered'
      and n.severity = 'page' and n.user_id is not null`);
  const hourIn = localHours();
  return new Map(
    [...Map.groupBy(rows, ({ ruleKey }) => ruleKey)].map(([ruleKey, pages]) => {
      const atNight = pages.filter(({ timeZone, at }) => isAsleep(hourIn(timeZone, at)));
      return [ruleKey, { pages: countRecipients(pages), nightPages: countRecipients(atNight) }];
    }),
  );
}

interface DeliveredPage extends Record<string, unknown> {
  ruleKey: string;
  /** The group and the user. */
  recipient: string;
  timeZone: string;
  /** Milliseconds since 1970, of the minute. */
  at: number;
}

function countRecipients(pages: readonly DeliveredPage[]): number {
  return new Set(pages.map(({ recipient }) => recipient)).size;
}

function isAsleep(hour: number): boolean {
  return hour >= sleepHours.from || hour < sleepHours.until;
}

/** Returns a function that computes the hour of the day in a time zone; in UTC where the name of the zone is unknown. */
function localHours(): (timeZone: string, at: number) => number {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (timeZone, at) => {
    const known = formats.get(timeZone);
    const zone = isTimeZone(timeZone) ? timeZone : "UTC";
    const format = known ?? new Intl.DateTimeFormat("en", { hour: "2-digit", hourCycle: "h23", timeZone: zone });
    formats.set(timeZone, format);
    return Number(format.format(at));
  };
}

/** Counts incidents that started since then, and those without a page within 10 minutes. */
export async function missedIncidents(ctx: Context, since: Date): Promise<AlertQuality["missed"]> {
  const { rows } = await ctx.db.execute<{ incidents: number; missed: number }>(sql`
    select count(*)::int as incidents,
      (count(*) filter (where paged_at is null or paged_at > started_at + interval '10 minutes'))::int as missed
    from incidents
    where workspace_id = ${ctx.actor.workspaceId} and started_at >= ${since} and state not in ('cancelled', 'merged')`);
  const { incidents, missed } = rows[0] ?? { incidents: 0, missed: 0 };
  return { incidents, missed, recall: incidents === 0 ? null : 1 - missed / incidents };
}
