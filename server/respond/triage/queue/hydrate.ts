import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { alertGroups, alertVerdicts, endpoints, escalations, incidents } from "#db/schema/index.ts";
import { Acknowledgement, GroupSummary } from "#server/alerting/alerts/contract.ts";
import { serviceTitle, shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { stageViewOf } from "#server/respond/incidents/stages/describe-stage.ts";
import type { QueueRow } from "../contract.ts";
import { readGameDays } from "../read-game-days.ts";
import type { PlacedLine } from "./queue-sql.ts";

/** Loads everything that the rows of the queue show; each kind of fact is read once for all lines. */
export async function hydrate(ctx: Context, lines: readonly PlacedLine[]): Promise<QueueRow[]> {
  const { workspaceId } = ctx.actor;
  const now = Date.now();
  const groupIds = lines.flatMap(({ groupId }) => groupId ?? []);
  const incidentIds = lines.flatMap(({ incidentId }) => incidentId ?? []);
  const [groups, ofIncidents, next, given, silenced, reaches] = await sideBySide(ctx, [
    async () =>
      groupIds.length === 0
        ? []
        : ctx.db
            .select()
            .from(alertGroups)
            .where(and(eq(alertGroups.workspaceId, workspaceId), inArray(alertGroups.id, groupIds))),
    async () =>
      incidentIds.length === 0
        ? []
        : ctx.db
            .select({ incident: incidents, endpoint: endpoints.name })
            .from(incidents)
            .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
            .where(and(eq(incidents.workspaceId, workspaceId), inArray(incidents.id, incidentIds))),
    async () =>
      groupIds.length === 0
        ? []
        : ctx.db
            .select({ groupId: escalations.groupId, at: escalations.nextAt })
            .from(escalations)
            .where(
              and(
                eq(escalations.workspaceId, workspaceId),
                inArray(escalations.groupId, groupIds),
                isNull(escalations.endedAt),
              ),
            ),
    async () =>
      groupIds.length === 0
        ? []
        : ctx.db
            .select()
            .from(alertVerdicts)
            .where(and(eq(alertVerdicts.workspaceId, workspaceId), inArray(alertVerdicts.groupId, groupIds))),
    () =>
      silenceEnds(
        ctx,
        lines.flatMap(({ groupId, state }) => (state === "silenced" && groupId ? [groupId] : [])),
      ),
    () => readReach(ctx),
  ]);
  const groupOf = new Map(groups.map((group) => [group.id, group]));
  const incidentOf = new Map(ofIncidents.map((row) => [row.incident.id, row]));
  const nextOf = new Map(next.map(({ groupId, at }) => [groupId, at]));
  const verdictOf = new Map(given.map(({ groupId, verdict }) => [groupId, verdict]));
  const rows = lines.flatMap((line) => {
    const group = line.groupId ? groupOf.get(line.groupId) : undefined;
    const found = line.incidentId ? incidentOf.get(line.incidentId) : undefined;
    // Gone since the lines were placed.
    if (!group && !found) return [];
    const { number, state, severity } = found?.incident ?? {};
    const { title, ...shown } = group ? ofGroup(group) : ofIncident(found as NonNullable<typeof found>);
    return [
      {
        id: line.id,
        groupId: line.groupId,
        state: line.state,
        alerts: line.alerts,
        groups: line.groups,
        unacknowledgedGroupIds: line.unacknowledged ?? [],
        incident: found && number && state && severity ? { number, state, severity } : null,
        stage: found ? stageViewOf(found.incident, now) : null,
        ...shown,
        // As on the incident, whichever of its alerts represents the line.
        title: serviceTitle({ service: shown.service, title: found?.incident.title ?? title }),
        cause: causeOf(found?.incident.title ?? title),
        // The endpoint's, whichever of its alerts represents the line.
        reach: reaches.get(shown.endpointId ?? "") ?? shown.reach,
        startedAt: found?.incident.startedAt.getTime() ?? GroupSummary.parse(group?.summary).startsAt,
        nextEscalationAt: (line.groupId && nextOf.get(line.groupId)?.getTime()) || null,
        silencedUntil: (line.groupId && silenced.get(line.groupId)) || null,
        verdict: (line.groupId && verdictOf.get(line.groupId)) || null,
      },
    ];
  });
  const gameDayOf = await readGameDays(ctx, rows);
  return rows.map((row) => ({ ...row, gameDay: gameDayOf(row) }));
}

function ofGroup(group: typeof alertGroups.$inferSelect) {
  const { severity, service, endpointId, title, burn, reach } = GroupSummary.parse(group.summary);
  const acknowledged = group.acknowledgement === null ? null : Acknowledgement.parse(group.acknowledgement);
  return {
    severity: severity === "page" ? ("page" as const) : ("ticket" as const),
    service,
    endpointId,
    burn,
    reach,
    title,
    owner: acknowledged && {
      name: acknowledged.by,
      at: acknowledged.at,
      alsoInvestigating: acknowledged.alsoInvestigating.map(({ by }) => by),
    },
    nextFlushAt: group.nextFlushAt?.getTime() ?? null,
  };
}

function ofIncident({ incident, endpoint }: { incident: typeof incidents.$inferSelect; endpoint: string | null }) {
  const { severity, endpointId, title } = incident;
  return {
    severity: severity === "SEV1" || severity === "SEV2" ? ("page" as const) : ("ticket" as const),
    service: endpoint ?? "",
    endpointId,
    burn: null,
    reach: null,
    title,
    owner: null,
    nextFlushAt: null,
  };
}

/** Removes the name from a title such as "card-fraud: 15.6% of requests fail": the row already has it. */
export function causeOf(title: string): string {
  const short = shortTitle(title);
  const words = /^[^:]{1,80}: (.+)$/s.exec(short)?.[1] ?? short;
  // "p95" keeps its spelling.
  return words.replace(/^[a-z](?=[a-z ])/, (letter) => letter.toUpperCase());
}

/**
 * Returns the share of each endpoint's traffic that its problems affect now: the largest share of its firing alerts. One number for an
 * endpoint, wherever it is shown.
 */
async function readReach(ctx: Context): Promise<Map<string, number>> {
  const { rows } = await ctx.db.execute<{ endpointId: string; reach: number }>(sql`
    select summary->>'endpointId' as "endpointId", max((summary->>'reach')::float8) as reach
    from alert_groups
    where workspace_id = ${ctx.actor.workspaceId} and ended_at is null and (summary->>'firing')::int > 0
      and summary->>'endpointId' is not null and summary->>'reach' is not null
    group by 1`);
  return new Map(rows.map(({ endpointId, reach }) => [endpointId, reach]));
}

/** Returns the end of the last silence that mutes each group. */
async function silenceEnds(ctx: Context, groupIds: readonly string[]): Promise<Map<string, number>> {
  if (groupIds.length === 0) return new Map();
  const { rows } = await ctx.db.execute<{ groupId: string; until: string }>(sql`
    select member.group_id as "groupId", max(silence.ends_at) as until
    from alert_group_members member
    join silences silence on silence.id::text = member.muted->>'ref' and silence.workspace_id = ${ctx.actor.workspaceId}
    where member.group_id = any(${sql.param([...groupIds])}::uuid[]) and member.muted->>'by' = 'silence'
    group by member.group_id`);
  return new Map(rows.map(({ groupId, until }) => [groupId, new Date(until).getTime()]));
}
