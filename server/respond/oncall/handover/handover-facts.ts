import { and, asc, desc, eq, gt, inArray, isNull, lte, or, sql } from "drizzle-orm";
import { alertGroups, endpoints, incidents, rollouts, silences } from "#db/schema/index.ts";
import { Acknowledgement, GroupSummary } from "#server/alerting/alerts/contract.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { Matcher } from "#server/alerting/alerts/matchers/contract.ts";
import { printMatchers } from "#server/alerting/alerts/matchers/print-matchers.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { isActive } from "#server/develop/registry/versions/refuse-while-rolling-out.ts";

interface OpenGroup {
  groupId: string;
  severity: string;
  service: string;
  title: string;
  since: Date;
  acknowledgedBy: string | null;
}

/** Ongoing matters that are handed over. Each list is bounded; the newest entries beyond the bound are omitted. */
export interface HandoverFacts {
  groups: OpenGroup[];
  incidents: { number: number; severity: string; state: string; title: string }[];
  silences: { matchers: string; endsAt: Date; createdBy: string; comment: string }[];
  rollouts: { id: string; endpoint: string; phase: string; reason: string }[];
}

const most = 50;
/** Days within which an ending silence concerns the next on-call engineer. */
const silenceDays = 7;

/** Reads ongoing matters of one team and those without a team, or of the complete workspace. */
export async function handoverFacts(ctx: Context, teamId: string | null, now: Date): Promise<HandoverFacts> {
  return {
    groups: await openGroups(ctx, teamId),
    incidents: await openIncidents(ctx, teamId),
    silences: await endingSilences(ctx, now),
    rollouts: await ctx.db
      .select({ id: rollouts.id, endpoint: endpoints.name, phase: rollouts.phase, reason: rollouts.reason })
      .from(rollouts)
      .innerJoin(endpoints, eq(endpoints.id, rollouts.endpointId))
      .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), isActive))
      .orderBy(asc(rollouts.createdAt))
      .limit(most),
  };
}

async function openGroups(ctx: Context, teamId: string | null): Promise<OpenGroup[]> {
  const ofTeam = sql`${alertGroups.summary}->>'teamId'`;
  const rows = await ctx.db
    .select()
    .from(alertGroups)
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        isNull(alertGroups.endedAt),
        sql`(${alertGroups.summary}->>'firing')::int > 0`,
        teamId ? sql`(${ofTeam} is null or ${ofTeam} = ${teamId})` : undefined,
      ),
    )
    .orderBy(sql`(${alertGroups.summary}->>'severity' = 'page') desc`, asc(alertGroups.createdAt))
    .limit(most);
  return rows.map(({ id, createdAt, summary, acknowledgement }) => {
    const { severity, service, title } = GroupSummary.parse(summary);
    // It stands until it is removed: after its time, whoever acknowledged is reminded first.
    const acknowledgedBy = acknowledgement ? Acknowledgement.parse(acknowledgement).by : null;
    return { groupId: id, severity, service, title, since: createdAt, acknowledgedBy };
  });
}

async function openIncidents(ctx: Context, teamId: string | null) {
  const rows = await ctx.db
    .select({
      number: incidents.number,
      severity: incidents.severity,
      state: incidents.state,
      title: incidents.title,
    })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        inArray(incidents.state, ["triage", "active", "mitigated"]),
        teamId ? or(isNull(incidents.teamId), eq(incidents.teamId, teamId)) : undefined,
      ),
    )
    .orderBy(asc(incidents.severity), desc(incidents.number))
    .limit(most);
  return rows.map((row) => ({ ...row, title: shortTitle(row.title) }));
}

async function endingSilences(ctx: Context, now: Date) {
  const soon = new Date(now.getTime() + silenceDays * dayMs);
  const rows = await ctx.db
    .select()
    .from(silences)
    .where(
      and(
        eq(silences.workspaceId, ctx.actor.workspaceId),
        lte(silences.startsAt, now),
        gt(silences.endsAt, now),
        lte(silences.endsAt, soon),
      ),
    )
    .orderBy(asc(silences.endsAt))
    .limit(most);
  return rows.map(({ matchers, endsAt, createdBy, comment }) => {
    return { matchers: printMatchers(Matcher.array().parse(matchers)), endsAt, createdBy, comment };
  });
}
