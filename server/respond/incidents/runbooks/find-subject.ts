import { and, desc, eq } from "drizzle-orm";
import {
  alertGroups,
  deployments,
  endpoints,
  incidents,
  modelVersions,
  registeredModels,
  rollouts,
  slos,
  teams,
} from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { blocksOf } from "#server/release/endpoints/blocks/block-rows.ts";
import type { RunbookVariable } from "./contract.ts";

type Values = Partial<Record<RunbookVariable, string>>;

export interface RunbookSubject {
  /** Subject of the ticks: the incident where the alert group has one. */
  id: string;
  incidentId: string | null;
  incident: typeof incidents.$inferSelect | undefined;
  group: { summary: Partial<GroupSummary>; labels: Record<string, string> } | undefined;
}

/** Finds the subject of a runbook, by the id of an alert group or of an incident. @throws DomainError "not-found" */
export async function findSubject(ctx: Context, subjectId: string): Promise<RunbookSubject> {
  const { workspaceId } = ctx.actor;
  const [group] = await ctx.db
    .select()
    .from(alertGroups)
    .where(and(eq(alertGroups.id, subjectId), eq(alertGroups.workspaceId, workspaceId)));
  const incidentId = group ? group.incidentId : subjectId;
  const [incident] = incidentId
    ? await ctx.db
        .select()
        .from(incidents)
        .where(and(eq(incidents.id, incidentId), eq(incidents.workspaceId, workspaceId)))
    : [];
  if (!group && !incident) throw new DomainError("not-found", "Alert group or incident not found.");
  const summary = GroupSummary.partial().safeParse(group?.summary).data ?? {};
  return {
    id: incident?.id ?? subjectId,
    incidentId: incident?.id ?? null,
    incident,
    group: group && { summary, labels: group.labels },
  };
}

/** Returns the values of all variables that are known for a subject. */
export async function valuesOf(ctx: Context, { incident, group }: RunbookSubject): Promise<Values> {
  const { summary = {}, labels = {} } = group ?? {};
  const endpointId = incident?.endpointId ?? summary.endpointId;
  const startsAt = incident?.startedAt ?? (summary.startsAt === undefined ? undefined : new Date(summary.startsAt));
  const values: Values = {
    ...(endpointId && (await endpointValues(ctx, endpointId, incident?.detectedAt ?? startsAt ?? new Date()))),
    ...(summary.sloId && { slo: await nameOf(ctx, slos, summary.sloId) }),
    ...(incident?.teamId && { team: await nameOf(ctx, teams, incident.teamId) }),
    ...(incident && { incident: `INC-${incident.number}` }),
    service: summary.service || labels.service,
    alert: labels.alertname,
    severity: incident?.severity ?? summary.severity,
    summary: incident ? shortTitle(incident.title) : summary.title,
    started: startsAt && `${startsAt.toISOString().slice(0, 16).replace("T", " ")} UTC`,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

/**
 * Returns the values that concern the endpoint as of when the problem was found: the version that served then, and where a rollback leads
 * to. A rollback since then changes neither, so that the steps that were ticked stay true.
 */
async function endpointValues(ctx: Context, endpointId: string, foundAt: Date): Promise<Values> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({
      endpoint: endpoints.name,
      model: registeredModels.name,
      version: modelVersions.version,
      at: deployments.deployedAt,
    })
    .from(endpoints)
    .leftJoin(deployments, eq(deployments.endpointId, endpoints.id))
    .leftJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .leftJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(endpoints.id, endpointId), eq(endpoints.workspaceId, workspaceId)))
    .orderBy(desc(deployments.id))
    .limit(50);
  const [current] = rows;
  if (!current) return {};
  const then = rows.find(({ at }) => at !== null && at <= foundAt) ?? current;
  const differs = ({ model, version }: typeof then) => model !== then.model || version !== then.version;
  const blocked = await blocksOf(ctx, endpointId);
  const isFree = ({ model, version }: typeof then) =>
    !blocked.some((block) => block.model === model && block.version === version);
  const earlier = rows.slice(rows.indexOf(then) + 1).filter(differs);
  // Once it was rolled back, the version that serves is the answer.
  const target = differs(current) ? current : (earlier.find(isFree) ?? earlier[0]);
  const [rollout] = await ctx.db
    .select({
      id: rollouts.id,
      version: modelVersions.version,
      phase: rollouts.phase,
      at: rollouts.createdAt,
      endedAt: rollouts.endedAt,
    })
    .from(rollouts)
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .where(and(eq(rollouts.endpointId, endpointId), eq(rollouts.workspaceId, workspaceId)))
    .orderBy(desc(rollouts.createdAt))
    .limit(1);
  // During a rollout, the new version is the subject, and the serving one is the previous version.
  const isRolling =
    rollout !== undefined &&
    rollout.at <= foundAt &&
    (rollout.endedAt === null ? ["starting", "stepping"].includes(rollout.phase) : rollout.endedAt >= foundAt);
  const version = isRolling ? rollout.version : then.version;
  const previous = isRolling ? then.version : target?.version;
  return {
    endpoint: current.endpoint,
    ...(then.model !== null && { model: then.model }),
    ...(version !== null && { version: String(version) }),
    ...(previous !== null && previous !== undefined && { previous_version: String(previous) }),
    ...(rollout && { rollout: rollout.id }),
  };
}

async function nameOf(ctx: Context, table: typeof slos | typeof teams, id: string): Promise<string> {
  const [row] = await ctx.db
    .select({ name: table.name })
    .from(table)
    .where(and(eq(table.id, id), eq(table.workspaceId, ctx.actor.workspaceId)));
  return row?.name ?? "";
}
