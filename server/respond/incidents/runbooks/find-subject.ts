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
    ...(endpointId && (await endpointValues(ctx, endpointId))),
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

async function endpointValues(ctx: Context, endpointId: string): Promise<Values> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({ endpoint: endpoints.name, model: registeredModels.name, version: modelVersions.version })
    .from(endpoints)
    .leftJoin(deployments, eq(deployments.endpointId, endpoints.id))
    .leftJoin(modelVersions, eq(modelVersions.id, deployments.versionId))
    .leftJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(endpoints.id, endpointId), eq(endpoints.workspaceId, workspaceId)))
    .orderBy(desc(deployments.id))
    .limit(20);
  const [current] = rows;
  if (!current) return {};
  const before = rows.find(({ model, version }) => model !== current.model || version !== current.version);
  const [rollout] = await ctx.db
    .select({ id: rollouts.id, version: modelVersions.version, phase: rollouts.phase })
    .from(rollouts)
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .where(and(eq(rollouts.endpointId, endpointId), eq(rollouts.workspaceId, workspaceId)))
    .orderBy(desc(rollouts.createdAt))
    .limit(1);
  // During a rollout, the new version is the subject, and the serving one is the previous version.
  const isRolling = rollout !== undefined && ["starting", "stepping"].includes(rollout.phase);
  const version = isRolling ? rollout.version : current.version;
  const previous = isRolling ? current.version : before?.version;
  return {
    endpoint: current.endpoint,
    ...(current.model !== null && { model: current.model }),
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
